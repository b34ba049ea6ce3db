import { metrics } from '@prior/telemetry';
import { limited, type Pools } from '../servers/pools';
import type { Server } from '../servers/server';

/** Single statements on the primary in autocommit, for the machinery (outbox, drains); not for features. */
export class PrimaryQuery {
  constructor(
    private readonly pools: Pools,
    private readonly primary: Server,
    private readonly limitMs: number,
  ) {}

  /** @throws the driver's error, or ServerSilent after the limit */
  async run(sql: string, params: readonly unknown[] = []): Promise<unknown> {
    const connection = await this.pools.acquire(this.primary);
    try {
      metrics.database.queries.inc('primary', this.primary.name);
      return await limited(connection, this.primary, this.limitMs, sql, params);
    } finally {
      connection.release();
    }
  }
}
