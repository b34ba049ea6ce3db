import type { Entry } from './entry';

/**
 * Until when entries answer. A lifetime limits how old an answer may be of which nobody says that it has changed. While
 * the follower says it of every writer, an entry whose versions are current begins a new one again and again: what was
 * committed before `covered` is in it, so nobody has to load it to know. Without the follower, or when it falls behind,
 * lifetimes end as ever: what an outside writer does is seen no later than it was before.
 */
export class Lifetime {
  /** Wall clock ms: what others committed before then was published. */
  private covered = -Infinity;

  /**
   * @param followedMs an entry lives no longer than this, ± 10 %, whatever is said of it; 0 when nobody follows
   * @param endless test harness: as if all were covered, always (mutant `endless-life`)
   */
  constructor(
    readonly followedMs = 0,
    private readonly endless = false,
  ) {}

  covers(untilMs: number): void {
    this.covered = this.endless ? Infinity : untilMs;
  }

  /** Lets an entry live longer where it may. It changes nothing but `expiresAt`, and that never to earlier. */
  renew(entry: Entry): void {
    const { storedAt, lifeMs } = entry;
    const renewed = Math.min(this.covered + lifeMs, storedAt + this.followedMs * jitter(storedAt));
    if (renewed > entry.expiresAt) entry.expiresAt = renewed;
  }
}

export const MOST_JITTER = 1.1;

/** Between 0.9 and that, the same in every process: answers made together do not end together. */
const jitter = (storedAt: number): number => 0.9 + (storedAt % 1_000) / 5_000;
