import { metrics } from '@prior/telemetry';
import type { ServerCircuit } from '../servers/circuits';
import { limited, type Pools } from '../servers/pools';

/** Single statements on the primary in autocommit, for the machinery (outbox, drains); not for features. */
export class PrimaryQuery {
  constructor(
    private readonly pools: Pools,
    private readonly primary: ServerCircuit,
    private readonly limitMs: number,
  ) {}

  /** @throws BreakerOpenError at once while the primary is away, the driver's error, or ServerSilent after the limit */
  async run(sql: string, params: readonly unknown[] = []): Promise<unknown> {
    this.primary.assertClosed();
    const { server } = this.primary;
    const connection = await this.pools.acquire(server);
    try {
      metrics.database.queries.inc('primary', server.name);
      return await limited(connection, server, this.limitMs, sql, params, this.primary);
    } finally {
      connection.release();
    }
  }
}
