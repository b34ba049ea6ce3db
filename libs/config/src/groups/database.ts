import { group } from '../group';
import { int, list, parseHostPort, text } from '../variables';

/** One primary, any number of read replicas, MySQL 8+ or MariaDB 10.6+. */
export const database = group(
  {
    DB_HOST: text('DB_HOST', { description: 'Host of the primary', example: 'DB_HOST=127.0.0.1' }),
    DB_PORT: int('DB_PORT', { description: 'Port of the primary', fallback: 3306, min: 1, max: 65_535 }),
    DB_USER: text('DB_USER', {
      description: 'User on the primary and on every replica',
      example: 'DB_USER=prior',
    }),
    DB_PASSWORD: text('DB_PASSWORD', { description: 'Password of DB_USER', fallback: '', secret: true }),
    DB_NAME: text('DB_NAME', { description: 'Name of the schema', fallback: 'prior' }),
    DB_REPLICAS: list(
      'DB_REPLICAS',
      {
        description: 'Read replicas, comma-separated; without any, the primary answers all',
        example: 'DB_REPLICAS=db-2:3306,db-3:3306',
        wants: 'host:port',
      },
      parseHostPort,
    ),
    DB_POOL_SIZE: int('DB_POOL_SIZE', {
      description: 'Connections to each server from this whole host, divided between its workers',
      fallback: 50,
      min: 1,
      max: 10_000,
    }),
    DB_CONNECT_TIMEOUT_MS: int('DB_CONNECT_TIMEOUT_MS', {
      description: 'ms that opening a connection may take',
      fallback: 1_500,
      min: 50,
    }),
    DB_STATEMENT_TIMEOUT_MS: int('DB_STATEMENT_TIMEOUT_MS', {
      description: 'ms after which the server itself stops a statement',
      fallback: 5_000,
      min: 50,
    }),
    DB_SLOW_QUERY_MS: int('DB_SLOW_QUERY_MS', {
      description: 'ms from which a statement is logged with its plan (one in 10 s), 0 for never',
      fallback: 500,
    }),
    DB_IDLE_TIMEOUT_MS: int('DB_IDLE_TIMEOUT_MS', {
      description: 'ms after which a connection that nobody uses is closed',
      fallback: 60_000,
      min: 1_000,
    }),
  },
  (v) => ({
    primary: { host: v.DB_HOST, port: v.DB_PORT },
    replicas: v.DB_REPLICAS,
    user: v.DB_USER,
    password: v.DB_PASSWORD,
    name: v.DB_NAME,
    poolSize: v.DB_POOL_SIZE,
    connectTimeoutMs: v.DB_CONNECT_TIMEOUT_MS,
    statementTimeoutMs: v.DB_STATEMENT_TIMEOUT_MS,
    slowQueryMs: v.DB_SLOW_QUERY_MS,
    idleTimeoutMs: v.DB_IDLE_TIMEOUT_MS,
    /**
     * Connections to one server that one worker may hold, so that all workers together stay within DB_POOL_SIZE.
     * At least 1, even where there are more workers than connections.
     */
    poolSizePerWorker: (workers: number): number =>
      Math.max(1, Math.floor(v.DB_POOL_SIZE / Math.max(1, workers))),
  }),
);
