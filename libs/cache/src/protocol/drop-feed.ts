import type { RedisSession } from '@prior/resilience';
import type { KnownVersions } from './known-versions';
import type { Lifetime } from '../tiers/lifetime';
import { readFeed } from './tag-store';

/** Pause from the beginning of one look to the next, ms: two may be late before L1's 400 ms are over. */
const EVERY_MS = 150;

export interface DropFeedOptions {
  /** Tags that have new versions: their L1 entries are to be looked at anew. */
  readonly onDropped: (tags: readonly string[]) => void;
  /** Test harness: hears of nothing (mutant `deaf-feed`). */
  readonly deaf?: boolean;
}

/**
 * Follows what is dropped in Redis, by any process. To prove that thousands of entries are current takes one small
 * question then, instead of one for each entry that nobody has asked for lately.
 */
export class DropFeed {
  private session: RedisSession | undefined;
  private last = '';
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly current: () => RedisSession | undefined,
    private readonly known: KnownVersions,
    private readonly lifetime: Lifetime,
    private readonly options: DropFeedOptions,
  ) {}

  start(): void {
    this.running = this.tick();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** One look. Never rejects: what is not proven by it is asked for. */
  async look(): Promise<void> {
    const session = this.current();
    if (!session) return;
    // Reads over the last connection and looks over this one would have no common order.
    if (session !== this.session) this.last = '';
    this.session = session;
    const sentAt = performance.now();
    try {
      const part = await readFeed(session, this.last);
      this.last = part.last;
      const heard = this.options.deaf && part.dropped ? { ...part, dropped: [] } : part;
      this.known.hear(session, heard, sentAt);
      this.lifetime.covers(part.covered);
      const gone = heard.dropped?.filter(({ version }) => version !== 'soon');
      if (gone?.length) this.options.onDropped(gone.map(({ tag }) => tag));
    } catch {
      this.last = '';
    }
  }

  private async tick(): Promise<void> {
    const began = performance.now();
    await this.look();
    if (this.stopped) return;
    const pauseMs = Math.max(0, began + EVERY_MS - performance.now());
    this.timer = setTimeout(() => (this.running = this.tick()), pauseMs);
  }
}
