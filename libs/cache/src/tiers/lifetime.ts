import type { Entry } from './entry';
import { jitteredTtlMs } from './expiry';

/**
 * Until when entries answer. A lifetime limits how old an answer may be of which nobody says that it has changed. While
 * the follower says it of other writers, an entry whose versions are current begins a new one again and again: what was
 * committed before `coveredUntilMs` is in it, so nobody has to load it to know. Without the follower, or when it falls
 * behind, lifetimes end as ever: what an outside writer does is seen no later than it was before.
 */
export class Lifetime {
  /** Wall clock ms: what others committed before then was published. */
  private coveredUntilMs = -Infinity;
  private told = -Infinity;

  /**
   * @param followedMs an entry lives no longer than this, ± 10 %, whatever is said of it; 0 when nobody follows
   * @param endless test harness: as if all were covered, always (mutant `endless-life`)
   */
  constructor(
    private readonly followedMs = 0,
    private readonly endless = false,
  ) {}

  /** The follower's word. Where its clock is ahead of this one, what it says once is true until now, no longer. */
  covers(untilMs: number): void {
    if (this.endless) this.coveredUntilMs = Infinity;
    else if (untilMs !== this.told) this.coveredUntilMs = Math.min(untilMs, Date.now());
    this.told = untilMs;
  }

  /** The longest that an entry may live, ms. What does not exist is asked for once, by crawlers mostly. */
  longestMs({ status, lifeMs }: Entry): number {
    return status === 404 ? lifeMs : Math.max(lifeMs, this.followedFor(1));
  }

  /** Lets an entry live longer where it may. It changes nothing but `expiresAt`, and that never to earlier. */
  renew(entry: Entry): void {
    const { status, storedAt, lifeMs } = entry;
    if (status === 404) return;
    const renewed = Math.min(
      this.coveredUntilMs + lifeMs,
      storedAt + this.followedFor((storedAt % 1_000) / 1_000),
    );
    if (renewed > entry.expiresAt) entry.expiresAt = renewed;
  }

  /** @param chance 0 to 1, the same for an entry in every process */
  private followedFor(chance: number): number {
    return jitteredTtlMs(this.followedMs / 1_000, chance);
  }
}
