import type { AppConfig } from '@prior/config';
import { type DataSourceOptions, getMetadataArgsStorage } from 'typeorm';
import type { Address } from './server';

type Database = AppConfig['database'];

/**
 * TypeORM's replication with the report's pools. `defaultMode: 'master'`: replicas are opted into by the read router,
 * because an entity found on a lagging replica and saved would write old columns back.
 *
 * The pool cluster's own node removal is out of play (`canRetry: false`, an error count that is never reached): with
 * it, one refused connection takes the primary away for seconds. Health is the ReplicaMonitor's.
 */
export function dataSourceOptions(
  database: Database,
  workers: number,
  entities: readonly (new () => object)[],
): DataSourceOptions {
  const credentials = ({ host, port }: Address) => ({
    host,
    port,
    username: database.user,
    password: database.password,
    database: database.name,
  });
  const limit = database.poolSizePerWorker(workers);
  return {
    type: 'mysql',
    entities: [...entities],
    synchronize: false,
    migrationsRun: false,
    timezone: 'Z',
    charset: 'utf8mb4',
    supportBigNumbers: true,
    bigNumberStrings: false,
    connectTimeout: database.connectTimeoutMs,
    replication: {
      defaultMode: 'master',
      master: credentials(database.primary),
      slaves: database.replicas.map(credentials),
      canRetry: false,
      removeNodeErrorCount: Number.MAX_SAFE_INTEGER,
    },
    extra: {
      connectionLimit: limit,
      // Idle connections end by their age alone. mysql2 ends those beyond maxIdle each second, however short they were
      // idle: with the usual 10 a swinging load opened dozens anew all the time, five round trips each.
      maxIdle: Math.max(1, limit - 1),
      idleTimeout: database.idleTimeoutMs,
      // 0 = unlimited: waiting is bounded above the pool, by admission. A full queue would count as a node error.
      queueLimit: 0,
      // Nothing is prepared here, but mysql2 makes room for 16,000 statements beforehand: 512 kB a connection.
      maxPreparedStatements: 1,
      waitForConnections: true,
      enableKeepAlive: true,
      keepAliveInitialDelay: 10_000,
    },
  };
}

/** The tables of entities, by what their decorators say: known before there is a connection. */
export const tablesOf = (entities: readonly (new () => object)[]): string[] =>
  getMetadataArgsStorage()
    .filterTables([...entities])
    .map(({ name, target }) => name ?? (typeof target === 'string' ? target : target.name));
