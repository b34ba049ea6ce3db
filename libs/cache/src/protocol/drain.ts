import { deleteFromOutbox, type OutboxRow, readOutbox, type TagDrop } from '@prior/database';
import { RedisUnavailable, type RedisSession } from '@prior/resilience';
import { metrics } from '@prior/telemetry';
import { dropTags, publishedOf } from './tag-store';

/** The primary's outbox, as a drain needs it. */
export interface OutboxAccess {
  /** Rows older than the writers' grace. */
  read(limit: number): Promise<OutboxRow[]>;
  delete(ids: readonly number[]): Promise<void>;
}

export const outboxOn = (query: (sql: string, params?: unknown[]) => Promise<unknown>): OutboxAccess => ({
  read: (limit) => readOutbox(query, limit),
  delete: (ids) => deleteFromOutbox(query, ids),
});

/** Rows of one look; while a look is full, the next follows at once. */
const BATCH = 500;

const published = metrics.cache.drained.cell();

/**
 * Publishes what writers left behind: reads the outbox on the primary, drops the tags in Redis, tells this process, and
 * only then deletes the rows. Any number of processes may do so at once; dropping twice is harmless, but costs those
 * answers again, so rows that are marked as published are left to whoever did it.
 *
 * @param onDropped makes this process distrust the tags
 * @throws RedisUnavailable when rows wait and Redis cannot be told; the driver's error when the primary fails
 */
export async function drainOutbox(
  outbox: OutboxAccess,
  session: () => RedisSession | undefined,
  onDropped: (tags: readonly string[]) => void,
): Promise<number> {
  let drained = 0;
  for (;;) {
    const rows = await outbox.read(BATCH);
    if (rows.length > 0) {
      const redis = session();
      if (!redis) throw new RedisUnavailable('committed writes wait to be published');
      // When the primary's disk is slow, its rows are old before their writers could delete them.
      const done = await publishedOf(redis, rows).catch(asUnavailable);
      const unpublished = rows.filter((row) => !done.has(row));
      const tags = [...new Set(unpublished.flatMap((row) => row.drops.map(({ tag }) => tag)))];
      // Whatever a drain finds is late already: nothing of it may wait another 500 ms.
      const drops = tags.map((tag): TagDrop => ({ tag, when: 'now' }));
      await dropTags(redis, drops, unpublished).catch(asUnavailable);
      onDropped(tags);
      drained += unpublished.length;
      published.n += unpublished.length;
      // Nothing waits for this, but for a next look that would find the same.
      const deleted = outbox.delete((rows.length < BATCH ? unpublished : rows).map(({ id }) => id));
      if (rows.length === BATCH) await deleted;
      else deleted.catch(() => undefined);
    }
    if (rows.length < BATCH) return drained;
  }
}

/** A Redis that refuses (READONLY after a failover, OOM) is as good as none; it says nothing about the primary. */
function asUnavailable(error: unknown): never {
  if (error instanceof RedisUnavailable) throw error;
  throw new RedisUnavailable(error instanceof Error ? error.message : String(error));
}
