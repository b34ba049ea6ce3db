interface Sent {
  readonly marker: string;
  readonly at: number;
  /** The same by the wall clock. */
  readonly wallMs: number;
}

/**
 * How far behind the follower is, by its own clock: every write of its position carries a marker that comes back through
 * the binlog. No server's clock is asked, and a connection that says nothing any more is noticed.
 */
export class Progress {
  private readonly out: Sent[] = [];
  private roundTripMs = 0;
  private heardAll = -Infinity;
  /** Since when (monotonic ms) changes wait to be published. */
  private waitingSince: number | undefined;

  constructor(private readonly clock: () => number = () => performance.now()) {}

  sent(marker: string): void {
    this.out.push({ marker, at: this.clock(), wallMs: Date.now() });
  }

  /** @returns whether the marker is one of ours; a former leader's may come by as well */
  heard(marker: unknown): boolean {
    const i = this.out.findIndex((one) => one.marker === marker);
    if (i === -1) return false;
    this.roundTripMs = this.clock() - this.out[i]!.at;
    this.heardAll = this.out[i]!.wallMs;
    this.out.splice(0, i + 1);
    return true;
  }

  waits(): void {
    this.waitingSince ??= this.clock();
  }

  /** @param more whether others wait by now */
  published(more: boolean): void {
    this.waitingSince = more ? this.clock() : undefined;
  }

  /** Wall clock ms: whatever was committed before then has been heard. */
  get heardUntilMs(): number {
    return this.heardAll;
  }

  /** ms since the oldest marker went out that has not come back; 0 when all have. */
  get missingMs(): number {
    return this.out[0] ? this.clock() - this.out[0].at : 0;
  }

  /** A change that is committed now is published in about this many ms. */
  get lagMs(): number {
    const waiting = this.waitingSince === undefined ? 0 : this.clock() - this.waitingSince;
    return Math.max(this.missingMs || this.roundTripMs, waiting);
  }
}
