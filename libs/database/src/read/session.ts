import { setTimeout as sleep } from 'node:timers/promises';
import { type AbandonSignal, type Admitted, AdmissionRefused, Problem } from '@prior/http';
import { inSpan, metrics } from '@prior/telemetry';
import type { PoolConnection } from 'mysql2';
import type { DataSource, EntityManager } from 'typeorm';
import type { Dialect } from '../dialect';
import type { ServerCircuit } from '../servers/circuits';
import { limited } from '../servers/pools';
import type { Server } from '../servers/server';
import { serverLimitMs } from './statement-limit';

/** One connection for the reads of one answer; all its statements see the same server. */
export interface ReadSession {
  readonly server: Server;
  readonly dialect: Dialect;
  /**
   * Runs one statement and returns its rows (DECIMAL as strings, DATETIME as Date in UTC). The server stops it when the
   * request's deadline is over.
   *
   * @param name of the repository method, for metrics: `products.list`
   * @throws Problem database_busy when the deadline is over, AdmissionRefused when nobody waits for the answer any more
   */
  query<Row>(name: string, sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** TypeORM's entity manager on this same connection, for reads that prefer entities. */
  readonly manager: EntityManager;
}

/** What all sessions of a router have in common. */
export interface SessionSetting {
  /** The server-side limit that every session has, ms. */
  readonly statementMs: number;
  /** How much longer than its limit a server may take to say so before it counts as silent, ms. */
  readonly silenceMs: number;
  /** Ends a statement that nobody waits for any more. */
  readonly kill: (server: Server, threadId: number) => Promise<void>;
  /** Told of every statement. */
  readonly done?: (server: Server, name: string, ms: number, sql: string, params: readonly unknown[]) => void;
  /** Test harness: every statement takes so much longer, ms. */
  readonly delayMs?: number;
}

/** The position that each connection's server is known to have applied: it never goes back while the connection lives. */
const applied = new WeakMap<PoolConnection, string>();

/** @internal */
export class ConnectionSession implements ReadSession {
  private entityManager: EntityManager | undefined;
  private killing: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly connection: PoolConnection,
    private readonly circuit: ServerCircuit,
    readonly dialect: Dialect,
    private readonly setting: SessionSetting,
    private readonly admitted: Admitted | undefined,
  ) {}

  get server(): Server {
    return this.circuit.server;
  }

  async query<Row>(name: string, sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    const { statementMs, silenceMs } = this.setting;
    if (this.admitted?.signal?.aborted) throw new AdmissionRefused('abandoned', 1);
    const ms = serverLimitMs(this.admitted?.remainingMs(), statementMs);
    if (ms <= 0) throw new Problem('database_busy');
    const text = ms < statementMs ? this.dialect.limitedSql(sql, ms) : sql;
    const signal = this.admitted?.signal;
    const listening = signal && this.killWhen(signal);
    try {
      return (await this.timed(name, text, params, ms + silenceMs)) as Row[];
    } catch (error) {
      if (signal?.aborted) throw new AdmissionRefused('abandoned', 1);
      throw error;
    } finally {
      listening?.();
    }
  }

  /**
   * Waits until this replica has applied a position. In autocommit: inside a transaction the SELECTs that follow would
   * still see the snapshot from before the wait. Between two writes every load has the same position, and the
   * connection that has waited for it once need not ask again. (Remembered by connection and not by server: behind one
   * address there may be several.)
   */
  async fence(position: string, ms: number): Promise<'reached' | 'known' | 'timeout'> {
    if (applied.get(this.connection) === position) return 'known';
    const params = [position, ms / 1000];
    const { waitSql } = this.dialect;
    return inSpan('db.fence', { 'server.address': this.server.name }, async (span) => {
      const rows = await this.timed('fence.wait', waitSql, params, ms + this.setting.silenceMs);
      const reached = this.dialect.waitSucceeded((rows as Record<string, unknown>[])[0]);
      span?.setAttribute('prior.reached', reached);
      if (!reached) return 'timeout';
      applied.set(this.connection, position);
      return 'reached';
    });
  }

  /** Resolves when nothing of this session can reach the connection's next user; undefined when nothing can. */
  settled(): Promise<void> | undefined {
    return this.killing;
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

  private timed(name: string, sql: string, params: readonly unknown[], ms: number): Promise<unknown> {
    const started = performance.now();
    metrics.database.queries.inc(this.server.role, this.server.name);
    const send = () => limited(this.connection, this.server, ms, sql, params, this.circuit);
    const { delayMs } = this.setting;
    const rows = delayMs ? sleep(delayMs).then(send) : send();
    const done = () => {
      const took = performance.now() - started;
      metrics.database.duration.series(name, this.server.role).observe(took / 1000);
      this.setting.done?.(this.server, name, took, sql, params);
    };
    rows.then(done, done); // before whoever waits for them
    return rows;
  }

  /** Ends the statement when nobody waits for it any more. @returns stops that */
  private killWhen(signal: AbandonSignal): () => void {
    const { threadId } = this.connection;
    const kill = () => {
      this.killing = this.setting.kill(this.server, threadId).catch(() => undefined);
    };
    signal.addEventListener('abort', kill, { once: true });
    return () => signal.removeEventListener('abort', kill);
  }
}
