import { DataSource, type DataSourceOptions } from 'typeorm';
import { DatabaseUnavailable, isServerFailure } from '../servers/errors';
import { Pools } from '../servers/pools';
import type { DatabaseServers } from './tokens';

export interface Connected {
  readonly dataSource: DataSource;
  readonly pools: Pools;
}

/**
 * Connects TypeORM. With the primary down a replica stands in for the one question that TypeORM asks at its start, so
 * that a worker starts read-only; with no server at all it says so and fails.
 *
 * @throws DatabaseUnavailable
 */
export async function connect(
  options: DataSourceOptions,
  servers: DatabaseServers,
  limits: { acquireMs: number; statementMs: number },
): Promise<Connected> {
  const dataSource = new DataSource(options);
  const pools = new Pools(dataSource, servers.primary, servers.replicas, limits);
  pools.standInForPrimary(true);
  try {
    await dataSource.initialize();
  } catch (error) {
    if (!isServerFailure(error)) throw error;
    const asked = [servers.primary, ...servers.replicas].map((s) => s.name).join(', ');
    throw new DatabaseUnavailable(
      'any',
      new Error(`no database server answers (asked ${asked})`, { cause: error }),
    );
  } finally {
    pools.standInForPrimary(false);
  }
  return { dataSource, pools };
}
