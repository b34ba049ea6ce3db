import { deleteFromOutbox, type OutboxRow, readOutbox, type TagDrop } from '@prior/database';
import { RedisUnavailable, type RedisSession } from '@prior/resilience';
import { metrics } from '@prior/telemetry';
import { dropTags } from './tag-store';

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
 * only then deletes the rows. Any number of processes may do so at once; dropping twice is harmless.
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
      const tags = [...new Set(rows.flatMap((row) => row.drops.map(({ tag }) => tag)))];
      // Whatever a drain finds is late already: nothing of it may wait another 500 ms.
      await dropTags(redis, tags.map((tag): TagDrop => ({ tag, when: 'now' }))).catch(asUnavailable);
      onDropped(tags);
      await outbox.delete(rows.map(({ id }) => id));
      drained += rows.length;
      published.n += rows.length;
    }
    if (rows.length < BATCH) return drained;
  }
}

/** A Redis that refuses (READONLY after a failover, OOM) is as good as none; it says nothing about the primary. */
function asUnavailable(error: unknown): never {
  if (error instanceof RedisUnavailable) throw error;
  throw new RedisUnavailable(error instanceof Error ? error.message : String(error));
}
