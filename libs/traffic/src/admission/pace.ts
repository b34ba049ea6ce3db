const MEMORY_MS = 1_000;

/** How often something happens, the last second counting most. */
export class Pace {
  private weight = 0;
  private at = 0;

  /** @param now ms of a clock that never goes back, here and below */
  count(now: number): void {
    this.weight = this.faded(now) + 1;
    this.at = now;
  }

  perMs(now: number): number {
    return this.faded(now) / MEMORY_MS;
  }

  private faded(now: number): number {
    return this.weight * Math.exp((this.at - now) / MEMORY_MS);
  }
}
