import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../scripts/lib/ports.js';
import { startServers } from '../../../scripts/lib/servers.js';
import { makeTestDir, sweepTestServers } from '../../../scripts/lib/test-servers.js';
import { RedisCluster } from '../redis-cluster';
import { dropDatabase, getStack, type Server, type Servers, type Stack, startPrivateStack } from '../stack';
import { ApiNode, logFileOf } from './node';
import { TcpProxy } from './tcp-proxy';

export const SECRETS = {
  JWT_SECRET: 'only the checks sign anything with this one',
  CONSISTENCY_SECRET: 'only the checks sign consistency with this',
};

export interface CheckStack extends Stack {
  /** Private database servers, which may be broken. */
  readonly database?: Servers;
  /** The private Redis. */
  readonly redis?: NonNullable<Servers['redis']>;
  /** Instead of the one Redis: a private cluster. */
  readonly redisCluster?: RedisCluster;
  close(): Promise<void>;
}

/**
 * Servers for a check outside of Jest: private ones, or those of TEST_PRIMARY, TEST_REPLICAS and TEST_REDIS. Redis is
 * private unless it is given.
 */
export async function openStack(): Promise<CheckStack> {
  await sweepTestServers();
  const { TEST_PRIMARY, TEST_REDIS } = process.env;
  if (!TEST_PRIMARY) {
    const stack = await startPrivateStack();
    return { ...stack, database: stack.servers, redis: stack.servers.redis, close: () => stack.discard() };
  }
  if (TEST_REDIS) return { ...getStack(), close: () => Promise.resolve() };
  const servers = await startServers({ dir: makeTestDir(), profile: 'test', owned: true, replicas: -1 });
  return {
    ...getStack(),
    redisUrl: servers.redis?.url ?? '',
    redis: servers.redis,
    close: () => servers.stop({ discard: true }),
  };
}

/** As `openStack`, with a private Redis Cluster instead of the one Redis. */
export async function openClusterStack(): Promise<CheckStack> {
  await sweepTestServers();
  const own = process.env.TEST_PRIMARY ? undefined : await startPrivateStack({ redis: false });
  try {
    const redisCluster = await RedisCluster.start();
    const close = async () => void (await Promise.all([redisCluster.stop(), own?.discard()]));
    return {
      ...(own ?? getStack()),
      redisUrl: redisCluster.url,
      database: own?.servers,
      redisCluster,
      close,
    };
  } catch (error) {
    await own?.discard();
    throw error;
  }
}

export interface FleetOptions {
  readonly stack: CheckStack;
  /** A migrated database. */
  readonly database: string;
  readonly processes: number;
  readonly mutants?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Several API processes on one set of servers, not a cluster, so that a fault can be aimed at one of them. */
export class Fleet {
  private constructor(
    readonly nodes: readonly ApiNode[],
    readonly database: string,
    private readonly dir: string,
  ) {}

  static async start(options: FleetOptions): Promise<Fleet> {
    const dir = mkdtempSync(join(tmpdir(), 'prior-fleet-'));
    const ports = await freePorts(options.processes * 2);
    const nodes = await Promise.all(
      Array.from({ length: options.processes }, (_, i) =>
        makeNode(options, `worker-${i + 1}`, dir, { port: ports[2 * i]!, adminPort: ports[2 * i + 1]! }),
      ),
    );
    const fleet = new Fleet(nodes, options.database, dir);
    try {
      await Promise.all(nodes.map((node) => node.start()));
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function makeNode(
  { stack, database, processes, mutants = [], env = {} }: FleetOptions,
  name: string,
  dir: string,
  ports: { port: number; adminPort: number },
): Promise<ApiNode> {
  // (The nodes of a cluster name one another: no proxy comes between, this one stands before the first for nobody.)
  const redis = new URL(stack.redisCluster?.nodes[0]?.url ?? stack.redisUrl);
  const links = {
    primary: await TcpProxy.to(stack.primary),
    replicas: await Promise.all(stack.replicas.map((replica) => TcpProxy.to(replica))),
    redis: await TcpProxy.to({ host: redis.hostname, port: Number(redis.port || 6379) }),
  };
  redis.hostname = '127.0.0.1';
  redis.port = String(links.redis.port);
  const { user, password }: Server = stack.primary;
  return new ApiNode(
    name,
    links,
    {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      ...SECRETS,
      DB_HOST: '127.0.0.1',
      DB_PORT: String(links.primary.port),
      DB_USER: user,
      DB_PASSWORD: password,
      DB_NAME: database,
      DB_REPLICAS: links.replicas.map(({ port }) => `127.0.0.1:${port}`).join(','),
      REDIS_MODE: stack.redisCluster ? 'cluster' : 'standalone',
      REDIS_URL: stack.redisCluster?.url ?? redis.toString(),
      WORKERS: String(processes),
      RATE_LIMIT_EXEMPT: '127.0.0.0/8',
      SHUTDOWN_DELAY_MS: '0',
      PRIOR_MUTANTS: mutants.join(','),
      ...env,
    },
    logFileOf(dir, name),
    ports,
  );
}

/** The database of a check goes with it, unless its servers go anyway. */
export async function forget(stack: CheckStack, database: string): Promise<void> {
  if (!stack.database) await dropDatabase(stack, database);
}
