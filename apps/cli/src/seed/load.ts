import { setImmediate } from 'node:timers/promises';
import type { Query } from '@prior/database';
import { format, type SqlValue } from 'mysql2';

const ROWS_PER_INSERT = 500;
/** Rows are made in so small portions that the socket keeps sending between them. */
const PORTION = 50;

/** Inserts rows made on the fly; while the server takes one batch, the next is made and spelt out. */
export async function loadRows(
  query: Query,
  table: string,
  columns: readonly string[],
  count: number,
  rowOf: (index: number) => unknown[],
  onProgress: (done: number) => void,
): Promise<void> {
  let sent: Promise<unknown> = Promise.resolve();
  for (let from = 0; from < count; from += ROWS_PER_INSERT) {
    const batch: string[] = [];
    const end = Math.min(count, from + ROWS_PER_INSERT);
    for (let at = from; at < end; at += PORTION) {
      const portion = Array.from({ length: Math.min(PORTION, end - at) }, (_, i) => rowOf(at + i));
      batch.push(format('?', [portion as SqlValue[][]], false, 'Z'));
      await setImmediate();
    }
    await sent;
    onProgress(from);
    sent = query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${batch.join(',')}`);
    // It is awaited when the next batch is ready; until then nobody would have heard that it failed.
    sent.catch(() => undefined);
  }
  await sent;
  onProgress(count);
}

/** Runs `work` with the triggers' derived tables switched off; they have to be rebuilt afterwards. */
export async function inBulk(query: Query, work: () => Promise<void>): Promise<void> {
  await query('SET @prior_bulk = 1');
  try {
    await work();
  } finally {
    await query('SET @prior_bulk = NULL');
  }
}
