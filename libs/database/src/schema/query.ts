import { setTimeout as sleep } from 'node:timers/promises';
import { DEADLOCK, LOCK_WAIT_TIMEOUT, sqlErrno } from '../servers/errors';

/**
 * Runs one statement on one connection: `queryRunner.query`, or anything like it. Functions here that say so
 * manage their own transactions on it; the others take part in the caller's.
 */
export type Query = (sql: string, params?: unknown[]) => Promise<unknown>;

/** The rows of a SELECT. */
export async function rows<T>(query: Query, sql: string, params: unknown[] = []): Promise<T[]> {
  return (await query(sql, params)) as T[];
}

/** The first row's value of column `value`; undefined without a row. */
export async function scalar<T>(query: Query, sql: string, params: unknown[] = []): Promise<T | undefined> {
  return (await rows<{ value: T }>(query, sql, params))[0]?.value;
}

/**
 * Runs `work` in a transaction of its own (READ COMMITTED: no gaps are locked that others insert into), and again, at
 * most ten times, when it loses a deadlock or waits too long for a lock.
 */
export async function inTransaction<T>(query: Query, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await query('START TRANSACTION');
    try {
      const result = await work();
      await query('COMMIT');
      return result;
    } catch (error) {
      await query('ROLLBACK').catch(() => undefined);
      const errno = sqlErrno(error);
      if (attempt === 10 || (errno !== DEADLOCK && errno !== LOCK_WAIT_TIMEOUT)) throw error;
      await sleep(Math.random() * 20 * attempt);
    }
  }
}
