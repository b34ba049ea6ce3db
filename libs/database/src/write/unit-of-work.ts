import { setTimeout as sleep } from 'node:timers/promises';
import { metrics } from '@prior/telemetry';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { DomainEvent, TagDrop } from '../events';
import { DatabaseUnavailable, DEADLOCK, isServerFailure, LOCK_WAIT_TIMEOUT, sqlErrno } from '../servers/errors';
import type { Server } from '../servers/server';
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
  admit<T>(work: () => Promise<T>): Promise<T>;
  /** Called after the COMMIT with what was recorded; must not throw. `published` is false when the cache missed it. */
  committed(events: readonly DomainEvent[], published: boolean): void;
  /** Test harness: changes statements on their way (mutant `no-row-lock`). */
  readonly rewrite?: (sql: string) => string;
}

const ATTEMPTS = 3;

/**
 * The one way to change the catalogue: rows and an outbox row with their cache tags commit together, then the tags are
 * dropped, then the caller is answered.
 */
export class UnitOfWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly primary: Server,
    private readonly publisher: TagPublisher,
    private readonly publishedRows: PublishedRows,
    private readonly hooks: UnitOfWorkHooks,
  ) {}

  /**
   * Runs `work` in a transaction (READ COMMITTED: no gap locks; lock what you read with FOR UPDATE, rows in id order).
   * A deadlock is tried again, so `work` must have no effects outside of `tx`.
   *
   * @throws DatabaseUnavailable when the primary is down; otherwise what `work` throws, after a rollback
   */
  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.hooks.admit(() => this.once(work));
      } catch (error) {
        const errno = sqlErrno(error);
        const collided = errno === DEADLOCK || errno === LOCK_WAIT_TIMEOUT;
        if (collided && attempt < ATTEMPTS) await sleep(Math.random() * 20 * attempt);
        else if (isServerFailure(error)) throw new DatabaseUnavailable('primary', error);
        else throw error;
      }
    }
  }

  private async once<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const events: DomainEvent[] = [];
    const runner = this.dataSource.createQueryRunner('master');
    let drops: TagDrop[] = [];
    let outboxId: number | undefined;
    let result: T;
    try {
      await runner.startTransaction('READ COMMITTED');
      result = await work(this.transaction(runner, events));
      drops = mergeDrops(events.flatMap((event) => event.drops));
      if (drops.length > 0) outboxId = await addToOutbox((sql, params) => runner.query(sql, params), drops);
      await runner.commitTransaction();
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
    const published = drops.length === 0 || (await this.publisher.publish(drops).catch(() => false));
    if (published && outboxId !== undefined) this.publishedRows.add(outboxId);
    this.hooks.committed(events, published);
    return result;
  }

  private transaction(runner: QueryRunner, events: DomainEvent[]): Transaction {
    const send = (sql: string, params: readonly unknown[] = []): Promise<unknown> => {
      metrics.database.queries.inc('primary', this.primary.name);
      return runner.query(this.hooks.rewrite?.(sql) ?? sql, params as unknown[]);
    };
    return {
      manager: runner.manager,
      query: async <Row>(sql: string, params?: readonly unknown[]) => (await send(sql, params)) as Row[],
      execute: async (sql, params) => (await send(sql, params)) as { affectedRows: number; insertId: number },
      record: (event) => void events.push(event),
    };
  }
}
