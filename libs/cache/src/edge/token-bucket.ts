/** Lets so many calls a minute pass, and some more at once when few came before (as Cloudflare counts them). */
export class TokenBucket {
  private tokens: number;
  private at: number;

  /**
   * @param perMinute refill
   * @param burst most tokens that are saved up
   * @param clock ms, monotonic
   */
  constructor(
    private readonly perMinute: number,
    private readonly burst: number,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.tokens = burst;
    this.at = clock();
  }

  /** @returns whether a call may be made now; then it counts */
  take(): boolean {
    if (this.level() < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** ms until the next call may be made, 0 for now. */
  waitMs(): number {
    const missing = 1 - this.level();
    return missing <= 0 ? 0 : Math.ceil((missing * 60_000) / this.perMinute);
  }

  /** Share of the burst that is there, 0 to 1. */
  fill(): number {
    return this.level() / this.burst;
  }

  private level(): number {
    const now = this.clock();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) * this.perMinute) / 60_000);
    this.at = now;
    return this.tokens;
  }
}
