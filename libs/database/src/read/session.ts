import { metrics } from '@prior/telemetry';
import type { PoolConnection } from 'mysql2';
import type { DataSource, EntityManager } from 'typeorm';
import type { Dialect } from '../dialect';
import { limited } from '../servers/pools';
import type { Server } from '../servers/server';

/** One connection for the reads of one answer; all its statements see the same server. */
export interface ReadSession {
  readonly server: Server;
  readonly dialect: Dialect;
  /**
   * Runs one statement and returns its rows (DECIMAL as strings, DATETIME as Date in UTC).
   * @param name of the repository method, for metrics: `products.list`
   */
  query<Row>(name: string, sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** TypeORM's entity manager on this same connection, for reads that prefer entities. */
  readonly manager: EntityManager;
}

/** @internal */
export class ConnectionSession implements ReadSession {
  private entityManager: EntityManager | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly connection: PoolConnection,
    readonly server: Server,
    readonly dialect: Dialect,
    private readonly limitMs: number,
  ) {}

  async query<Row>(name: string, sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    const started = performance.now();
    metrics.database.queries.inc(this.server.role, this.server.name);
    try {
      return (await limited(this.connection, this.server, this.limitMs, sql, params)) as Row[];
    } finally {
      metrics.database.duration.series(name, this.server.role).observe((performance.now() - started) / 1000);
    }
  }

  get manager(): EntityManager {
    if (!this.entityManager) {
      const runner = this.dataSource.createQueryRunner(this.server.role === 'replica' ? 'slave' : 'master');
      // The runner borrows this connection and is never released itself: the router releases the connection.
      (runner as unknown as { databaseConnection: PoolConnection }).databaseConnection = this.connection;
      this.entityManager = runner.manager;
    }
    return this.entityManager;
  }
}
