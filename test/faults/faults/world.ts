import { loadConfig } from '@prior/config';
import { signDevToken } from '@prior/http';
import type { Connection } from 'mysql2/promise';
import { Cluster } from '../../support/fleet/cluster';
import { openStack, SECRETS } from '../../support/fleet/fleet';
import { connect, type Servers, stackEnv } from '../../support/stack';
import { filled } from '../servers';

const PRODUCTS = 2_000;
const WORKERS = 2;

/** Private servers, a filled catalogue and the real cluster in front of it. */
export interface World {
  readonly servers: Servers;
  readonly cluster: Cluster;
  readonly products: number;
  /** Of an admin. */
  readonly authorization: string;
  /** A connection to the primary, past every proxy. */
  primary(): Promise<Connection>;
  close(): Promise<void>;
}

/** @throws when the servers are given by the environment: what is not ours is not broken */
export async function openWorld(options: {
  mutants: readonly string[];
  env?: Readonly<Record<string, string>>;
}): Promise<World> {
  if (process.env.TEST_PRIMARY)
    throw new Error('This check breaks servers: it starts its own, unset TEST_PRIMARY');
  const stack = await openStack();
  let cluster: Cluster | undefined;
  try {
    // Writers count up from 0.
    const database = await filled(stack, PRODUCTS, ['UPDATE products SET quantity = 0']);
    cluster = await Cluster.start({ stack, database, workers: WORKERS, ...options });
    const { auth } = loadConfig({ NODE_ENV: 'test', ...SECRETS, ...stackEnv(stack, database) });
    const running = cluster;
    return {
      servers: stack.database!,
      cluster: running,
      products: PRODUCTS,
      authorization: `Bearer ${await signDevToken(auth, { role: 'admin' })}`,
      primary: () => connect(stack.primary, database),
      close: async () => {
        await running.stop();
        await stack.close();
      },
    };
  } catch (error) {
    await cluster?.stop();
    await stack.close();
    throw error;
  }
}
