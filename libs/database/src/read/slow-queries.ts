import { sqlErrno } from '../servers/errors';
import { limited, type Pools } from '../servers/pools';
import type { Server } from '../servers/server';

export interface SlowQueryOptions {
  /** Statements that take at least so long are slow, ms; 0 for none. */
  readonly fromMs: number;
  /** At most one is looked into in this time, ms: the look itself costs a statement. */
  readonly everyMs: number;
  readonly log: (text: string, fields: Readonly<Record<string, unknown>>) => void;
}

const EXPLAIN_MS = 1_000;

/**
 * Logs slow statements with the server's plan. The plan is asked for afterwards, on another connection, so that the slow
 * answer does not become slower. Values are left out: they may be what a customer typed.
 */
export class SlowQueries {
  private notBefore = 0;
  private skipped = 0;

  constructor(
    private readonly pools: Pick<Pools, 'forMachinery' | 'dialect'>,
    private readonly options: SlowQueryOptions,
  ) {}

  /** @param ms how long the statement took */
  note(server: Server, name: string, ms: number, sql: string, params: readonly unknown[]): void {
    const { fromMs, everyMs } = this.options;
    // A fence waits on purpose.
    if (fromMs === 0 || ms < fromMs || name.startsWith('fence.')) return;
    const now = performance.now();
    if (now < this.notBefore) {
      this.skipped += 1;
      return;
    }
    this.notBefore = now + everyMs;
    void this.report(server, name, ms, sql, params);
  }

  private async report(
    server: Server,
    name: string,
    ms: number,
    sql: string,
    params: readonly unknown[],
  ): Promise<void> {
    const others = this.skipped;
    this.skipped = 0;
    // The error's text may quote the statement with its values.
    const plan = await this.explain(server, sql, params).catch(
      (error: unknown) => `none: error ${sqlErrno(error) ?? 'unknown'}`,
    );
    const fields = {
      name,
      server: server.name,
      ms: Math.round(ms),
      others,
      sql: sql.replace(/\s+/g, ' '),
      plan,
    };
    this.options.log('A slow statement', fields);
  }

  private explain(server: Server, sql: string, params: readonly unknown[]): Promise<unknown> {
    // A tree, which a setting of MySQL can make the usual form, quotes the values.
    const explain = this.pools.dialect.name === 'mysql' ? 'EXPLAIN FORMAT=TRADITIONAL' : 'EXPLAIN';
    const text = `${explain} ${sql.replace(/^SET STATEMENT \S+ FOR /, '')}`;
    return this.pools.forMachinery(server, (connection) =>
      limited(connection, server, EXPLAIN_MS, text, params),
    );
  }
}
