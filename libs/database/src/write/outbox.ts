import type { TagDrop } from '../events';

/** One committed write whose tags may still have to be dropped. */
export interface OutboxRow {
  readonly id: number;
  readonly drops: readonly TagDrop[];
}

/** Runs SQL on the primary: TypeORM's query runner, or anything like it. */
export type Query = (sql: string, params?: unknown[]) => Promise<unknown>;

/**
 * Says that tags have to go, in the transaction that makes them stale: if the writer dies after its COMMIT, every
 * other process finds the row (race R3). Rows are deleted only after their tags were dropped; dropping twice is harmless.
 *
 * @returns the row's id
 */
export async function addToOutbox(query: Query, drops: readonly TagDrop[]): Promise<number> {
  const answer = (await query('INSERT INTO outbox (tags) VALUES (?)', [encodeDrops(drops)])) as {
    insertId: number;
  };
  return answer.insertId;
}

/** Stored as one JSON array: `"tag"` for now, `["tag"]` for soon. */
export function encodeDrops(drops: readonly TagDrop[]): string {
  return JSON.stringify(drops.map(({ tag, when }) => (when === 'now' ? tag : [tag])));
}

export function decodeDrops(json: string): TagDrop[] {
  const items = JSON.parse(json) as (string | [string])[];
  return items.map((item) =>
    typeof item === 'string' ? { tag: item, when: 'now' } : { tag: item[0], when: 'soon' },
  );
}

/** The same tag twice is one drop, and `now` wins. */
export function mergeDrops(drops: Iterable<TagDrop>): TagDrop[] {
  const byTag = new Map<string, TagDrop>();
  for (const drop of drops) {
    if (drop.when === 'now' || !byTag.has(drop.tag)) byTag.set(drop.tag, drop);
  }
  return [...byTag.values()];
}

/** Rows younger than this are left to their writer, ms. */
export const OUTBOX_GRACE_MS = 100;

/**
 * The rows that their writers have not published, oldest first. A row is visible from its COMMIT on, and `created_at`
 * lies before that, so no row can become old enough unseen. One from the future was written before the clock was set
 * back, or by a primary whose clock went ahead: how old it is nobody knows.
 */
export async function readOutbox(
  query: Query,
  limit: number,
  graceMs = OUTBOX_GRACE_MS,
): Promise<OutboxRow[]> {
  const rows = (await query(
    `SELECT id, tags FROM outbox
      WHERE created_at NOT BETWEEN UTC_TIMESTAMP(6) - INTERVAL ${graceMs * 1000} MICROSECOND AND UTC_TIMESTAMP(6)
      ORDER BY id LIMIT ${limit}`,
  )) as { id: number; tags: string }[];
  return rows.map((row) => ({ id: Number(row.id), drops: decodeDrops(row.tags) }));
}

export async function deleteFromOutbox(query: Query, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await query('DELETE FROM outbox WHERE id IN (?)', [ids]);
}
