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
    return this.pools.forMachinery(server, (connection) => {
      metrics.database.queries.inc('primary', server.name);
      return limited(connection, server, this.limitMs, sql, params, this.primary);
    });
  }
}
