import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DUPLICATE_KEY, LOCK_WAIT_TIMEOUT, sqlErrno, type Transaction, UnitOfWork } from '@prior/database';
import { Problem } from '@prior/http';

/** What a repeated request is recognised by. */
export interface IdempotentRequest {
  /** Who asks: the token's subject. Keys of different callers never meet. */
  readonly scope: string;
  /** The header Idempotency-Key. */
  readonly key: string;
  /** The validated body. */
  readonly body: unknown;
}

interface StoredAnswer {
  readonly requestHash: string;
  readonly response: string;
}

const KEEP_HOURS = 24;
const SWEEP_EVERY_MS = 60_000;
const SWEEP_ROWS = 1_000;
/** NOWAIT met a lock: MariaDB says 1205, MySQL 3572. */
const LOCKED = new Set<number | undefined>([LOCK_WAIT_TIMEOUT, 3572]);

/**
 * Runs a request once for each key (draft-ietf-httpapi-idempotency-key-header). The key and what the request changes
 * commit together, so a key is there exactly when its change is. A request that failed leaves no key: it changed
 * nothing, and its repetition is tried anew.
 */
@Injectable()
export class Idempotency {
  private sweptAt = 0;

  constructor(private readonly work: UnitOfWork) {}

  /**
   * To be called first in the transaction.
   *
   * @param run makes the answer, with `tx`; not called when there is one already
   * @throws Problem idempotency_mismatch, idempotency_in_progress
   */
  async once<T>(
    tx: Transaction,
    request: IdempotentRequest,
    run: () => Promise<T>,
  ): Promise<{ answer: T; replayed: boolean }> {
    const hash = createHash('sha256').update(JSON.stringify(request.body)).digest('hex');
    const before = await this.stored(tx, request);
    if (before) return { answer: replay(before, hash), replayed: true };
    try {
      await tx.execute(
        'INSERT INTO idempotency_keys (scope, idemKey, requestHash, status) VALUES (?, ?, ?, 200)',
        [request.scope, request.key, hash],
      );
    } catch (error) {
      if (sqlErrno(error) !== DUPLICATE_KEY) throw error;
      // Both found no key, and the other one was faster; it has committed, or its key would still have been locked.
      const meanwhile = await this.stored(tx, request);
      if (!meanwhile) throw error;
      return { answer: replay(meanwhile, hash), replayed: true };
    }
    const answer = await run();
    await tx.execute('UPDATE idempotency_keys SET response = ? WHERE scope = ? AND idemKey = ?', [
      JSON.stringify(answer),
      request.scope,
      request.key,
    ]);
    return { answer, replayed: false };
  }

  /** A key that is being used has its row locked by its own transaction. */
  private async stored(
    tx: Transaction,
    { scope, key }: IdempotentRequest,
  ): Promise<StoredAnswer | undefined> {
    try {
      const [row] = await tx.query<StoredAnswer>(
        'SELECT requestHash, response FROM idempotency_keys WHERE scope = ? AND idemKey = ? FOR UPDATE NOWAIT',
        [scope, key],
      );
      return row;
    } catch (error) {
      throw LOCKED.has(sqlErrno(error)) ? new Problem('idempotency_in_progress', { cause: error }) : error;
    }
  }

  /**
   * Removes keys older than a day, at most once a minute in a process and so many at a time that nobody notices. After
   * an answer's transaction, not in it: checkouts must not wait for one another's rows. Never rejects.
   */
  async sweep(): Promise<void> {
    if (Date.now() - this.sweptAt < SWEEP_EVERY_MS) return;
    this.sweptAt = Date.now();
    await this.work
      .run((tx) =>
        tx.execute(
          `DELETE FROM idempotency_keys WHERE created_at < UTC_TIMESTAMP(3) - INTERVAL ${KEEP_HOURS} HOUR
            ORDER BY created_at LIMIT ${SWEEP_ROWS}`,
        ),
      )
      .catch(() => undefined);
  }
}

function replay<T>({ requestHash, response }: StoredAnswer, hash: string): T {
  if (requestHash !== hash) throw new Problem('idempotency_mismatch');
  return JSON.parse(response) as T;
}
