import type { Query } from '@prior/database';

const ROWS_PER_INSERT = 500;

/** Inserts rows made on the fly; while the server takes one batch, the next is being made. */
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
    const batch = Array.from({ length: Math.min(ROWS_PER_INSERT, count - from) }, (_, i) => rowOf(from + i));
    await sent;
    onProgress(from);
    sent = query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ?`, [batch]);
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
