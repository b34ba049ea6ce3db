import type { OutboxRow, TagDrop, TagPublisher } from '@prior/database';
import type { RedisConnection, RedisSession } from '@prior/resilience';
import { inSpan, metrics } from '@prior/telemetry';
import type { Edge } from '../edge/open-edge';
import type { KnownVersions } from '../protocol/known-versions';
import { dropTags } from '../protocol/tag-store';
import type { L1 } from '../tiers/l1';

const dropped = metrics.cache.invalidations.cell();

/** Makes a committed write known: new versions in Redis, distrust in this process. */
export class CachePublisher implements TagPublisher {
  constructor(
    private readonly redis: RedisConnection,
    private readonly known: KnownVersions,
    private readonly l1: L1,
    private readonly edge: Edge,
  ) {}

  async publish(drops: readonly TagDrop[], row?: number): Promise<boolean> {
    const session = this.redis.session();
    try {
      if (session) await this.drop(session, drops, row === undefined ? [] : [{ id: row, drops }]);
      return session !== undefined;
    } catch {
      return false; // the write has happened; a drain publishes it as soon as Redis is there
    } finally {
      this.edge.invalidated(drops); // it does not need Redis to forget
    }
  }

  /**
   * The same in one life of Redis, for whoever has to know in which.
   * @throws RedisUnavailable, or what Redis answers when it refuses
   */
  async publishIn(session: RedisSession, drops: readonly TagDrop[]): Promise<void> {
    await this.drop(session, drops);
    this.edge.invalidated(drops);
  }

  /** Somebody else's committed write was published: by a drain, for a writer that could not. */
  published(tags: readonly string[]): void {
    dropped.n += tags.length;
    this.distrust(tags);
    this.edge.invalidated(tags.map((tag) => ({ tag, when: 'now' })));
  }

  private async drop(
    session: RedisSession,
    drops: readonly TagDrop[],
    rows: readonly OutboxRow[] = [],
  ): Promise<void> {
    await inSpan('cache.publish', { 'prior.tags': drops.length }, () => dropTags(session, drops, rows));
    dropped.n += drops.length;
    this.distrust(drops.filter(({ when }) => when === 'now').map(({ tag }) => tag));
  }

  /** What this process believed about these tags is worth nothing any more. */
  private distrust(tags: readonly string[]): void {
    this.known.forget(tags);
    this.l1.distrust(tags);
  }
}
