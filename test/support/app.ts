import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppConfig, loadConfig } from '@prior/config';
import { type Role, signDevToken } from '@prior/http';
import { type AppOptions, createApp } from '../../apps/api/src/app.factory';
import { migratedDatabase } from './migrated';
import { dropDatabase, getStack, type Stack, stackEnv } from './stack';

/** Limits that no suite reaches unless it sets its own. */
const UNLIMITED = { RATE_LIMIT_READ_PER_MIN: '1000000', RATE_LIMIT_WRITE_PER_MIN: '1000000' };

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly config: AppConfig;
  readonly stack: Stack;
  readonly database: string;
  readonly inject: NestFastifyApplication['inject'];
  /** An Authorization header. */
  signIn(role: Role, subject?: string): Promise<{ authorization: string }>;
  /** Listens on a free port, for what `inject` cannot show. @returns the address without a slash at its end */
  listen(): Promise<string>;
  close(): Promise<void>;
}

export interface TestAppOptions extends Pick<AppOptions, 'modules' | 'logger'> {
  readonly stack?: Stack;
  /** An existing, migrated database; otherwise a new one, which `close()` drops. */
  readonly database?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The very application that main.ts runs, on the suite's servers. */
export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { stack = getStack(), env = {}, modules, logger } = options;
  const database = options.database ?? (await migratedDatabase(stack));
  const config = loadConfig({
    NODE_ENV: 'test',
    WORKERS: '1',
    JWT_SECRET: 'only the tests sign anything with this one',
    ...UNLIMITED,
    ...stackEnv(stack, database),
    ...env,
  });
  const app = await createApp(config, { modules, logger });
  return {
    app,
    config,
    stack,
    database,
    inject: app.inject.bind(app) as NestFastifyApplication['inject'],
    signIn: async (role, subject) => ({
      authorization: `Bearer ${await signDevToken(config.auth, { role, subject })}`,
    }),
    listen: async () => {
      await app.listen({ host: '127.0.0.1', port: 0 });
      return `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
    },
    close: async () => {
      await app.close();
      if (options.database === undefined) await dropDatabase(stack, database);
    },
  };
}
