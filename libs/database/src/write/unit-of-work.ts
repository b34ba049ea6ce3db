import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '@prior/http';
import { withTimeLimit } from '@prior/resilience';
import { metrics } from '@prior/telemetry';
import type { PoolConnection } from 'mysql2';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { DomainEvent, TagDrop } from '../events';
import { Semaphore } from '../read/semaphore';
import type { ServerCircuit } from '../servers/circuits';
import {
  DatabaseUnavailable,
  DEADLOCK,
  isServerFailure,
  LOCK_WAIT_TIMEOUT,
  OutcomeUnknown,
  ServerSilent,
  sqlErrno,
} from '../servers/errors';
import { cut } from '../servers/pools';
import { addToOutbox, mergeDrops } from './outbox';
import type { PublishedRows } from './published-rows';
import type { TagPublisher } from './publisher';

/** What happens inside one unit of work; all of it on the primary, in one transaction. */
export interface Transaction {
  readonly manager: EntityManager;
  query<Row>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** For INSERT, UPDATE, DELETE. */
  execute(sql: string, params?: readonly unknown[]): Promise<{ affectedRows: number; insertId: number }>;
  /** Announces a change: its tags are dropped, and listeners hear of it, once the transaction has committed. */
  record(event: DomainEvent): void;
}

export interface UnitOfWorkHooks {
  /** Waits for a slot of the database, or refuses. What has begun is finished, whoever hangs up meanwhile. */
  admit<T>(work: (remainingMs: () => number) => Promise<T>): Promise<T>;
  /** The primary failed under a write. */
  failed(error: unknown): void;
  /** Called after the COMMIT with what was recorded; must not throw. `published` is false when the cache missed it. */
  committed(events: readonly DomainEvent[], published: boolean): void;
  /** Test harness: changes statements on their way (mutant `no-row-lock`). */
  readonly rewrite?: (sql: string) => string;
  /** Test harness: every statement takes so much longer, ms. */
  readonly delayMs?: number;
}

export interface UnitOfWorkOptions {
  /** Units of work at once. */
  readonly atOnce: number;
  /** How much longer than its deadline a write may go unanswered before its connection is given up, ms. */
  readonly silenceMs: number;
}

const ATTEMPTS = 3;

/** How far a unit of work has come. */
interface Progress {
  committing: boolean;
}

interface Done<T> {
  readonly result: T;
  readonly events: readonly DomainEvent[];
  readonly drops: readonly TagDrop[];
  readonly outboxId: number | undefined;
}

/**
 * The one way to change the catalogue: rows and an outbox row with their cache tags commit together, then the tags are
 * dropped, then the caller is answered.
 */
export class UnitOfWork {
  private readonly slots: Semaphore;

  constructor(
    private readonly dataSource: DataSource,
    private readonly primary: ServerCircuit,
    private readonly publisher: TagPublisher,
    private readonly publishedRows: PublishedRows,
    private readonly hooks: UnitOfWorkHooks,
    private readonly options: UnitOfWorkOptions,
  ) {
    this.slots = new Semaphore(options.atOnce);
  }

  /** How many are under way. */
  get underWay(): number {
    return this.slots.inUse;
  }

  /**
   * Runs `work` in a transaction (READ COMMITTED: no gap locks; lock what you read with FOR UPDATE, rows in id order).
   * A deadlock is tried again, so `work` must have no effects outside of `tx`.
   *
   * @throws DatabaseUnavailable when the primary is down, at once if that is known; OutcomeUnknown when it was lost
   *   while it committed; otherwise what `work` throws, after a rollback
   */
  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.primary.assertClosed();
        return await this.hooks.admit((remainingMs) => this.slots.run(() => this.once(work, remainingMs)));
      } catch (error) {
        const errno = sqlErrno(error);
        const collided = errno === DEADLOCK || errno === LOCK_WAIT_TIMEOUT;
        if (collided && attempt < ATTEMPTS) await sleep(Math.random() * 20 * attempt);
        else if (isServerFailure(error) && !(error instanceof Problem))
          throw new DatabaseUnavailable('primary', error);
        else throw error;
      }
    }
  }

  private async once<T>(work: (tx: Transaction) => Promise<T>, remainingMs: () => number): Promise<T> {
    // Waiting for a slot has used it up.
    if (remainingMs() <= 0) throw new Problem('database_busy');
    const runner = this.dataSource.createQueryRunner('master');
    if (this.hooks.rewrite) rewriteStatements(runner, this.hooks.rewrite);
    const progress: Progress = { committing: false };
    const started = performance.now();
    let done: Done<T>;
    try {
      const connection = (await runner.connect()) as PoolConnection;
      const limitMs = remainingMs() + this.options.silenceMs;
      done = await withTimeLimit(this.inTransaction(runner, work, progress), limitMs, () => {
        cut(connection);
        return new ServerSilent(this.primary.server.name, 'a write', limitMs);
      });
    } catch (error) {
      if (!isServerFailure(error)) throw error;
      this.hooks.failed(error);
      throw progress.committing ? new OutcomeUnknown(error) : error;
    } finally {
      metrics.database.duration
        .series('transaction', 'primary')
        .observe((performance.now() - started) / 1000);
      await runner.release();
    }
    return this.announce(done);
  }

  private async inTransaction<T>(
    runner: QueryRunner,
    work: (tx: Transaction) => Promise<T>,
    progress: Progress,
  ): Promise<Done<T>> {
    const events: DomainEvent[] = [];
    try {
      await runner.startTransaction('READ COMMITTED');
      const result = await work(this.transaction(runner, events));
      const drops = mergeDrops(events.flatMap((event) => event.drops));
      const outboxId =
        drops.length === 0 ? undefined : await addToOutbox((sql, params) => runner.query(sql, params), drops);
      progress.committing = true;
      await runner.commitTransaction();
      return { result, events, drops, outboxId };
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    }
  }

  /** It is committed: the tags go, then the caller is answered. */
  private async announce<T>({ result, events, drops, outboxId }: Done<T>): Promise<T> {
    const published =
      drops.length === 0 || (await this.publisher.publish(drops, outboxId).catch(() => false));
    if (published && outboxId !== undefined) this.publishedRows.add(outboxId);
    this.hooks.committed(events, published);
    return result;
  }

  private transaction(runner: QueryRunner, events: DomainEvent[]): Transaction {
    const send = async (sql: string, params: readonly unknown[] = []): Promise<unknown> => {
      metrics.database.queries.inc('primary', this.primary.server.name);
      if (this.hooks.delayMs) await sleep(this.hooks.delayMs);
      return runner.query(sql, params as unknown[]);
    };
    return {
      manager: runner.manager,
      query: async <Row>(sql: string, params?: readonly unknown[]) => (await send(sql, params)) as Row[],
      execute: async (sql, params) => (await send(sql, params)) as { affectedRows: number; insertId: number },
      record: (event) => void events.push(event),
    };
  }
}

/** On the runner, so that what the entity manager sends is changed as well. */
function rewriteStatements(runner: QueryRunner, rewrite: (sql: string) => string): void {
  const query = runner.query.bind(runner) as (sql: string, ...rest: unknown[]) => Promise<unknown>;
  runner.query = ((sql: string, ...rest: unknown[]) => query(rewrite(sql), ...rest)) as typeof runner.query;
}
