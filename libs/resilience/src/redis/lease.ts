import { SeatLost } from './topology';

/**
 * How long an answer of "still the same server" is believed, ms from SENDING the question. With L1's 400 ms nothing
 * older than 800 ms is read, even from a master that was replaced and does not know it.
 */
const LEASE_MS = 400;
/** Pause between two questions, ms: the second may still be late. */
const EVERY_MS = 150;
/** Without an answer for so long everything is looked for anew, ms. */
const GIVE_UP_MS = 1_500;

/** The right to believe a server that can be replaced behind our back. Time is the monotonic clock's. */
export class Lease {
  private askedAt = -Infinity;
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  private constructor(private readonly ask: () => Promise<void>) {}

  /** @param ask resolves when the server was the right one at some moment after the call. @throws what it throws */
  static async take(ask: () => Promise<void>): Promise<Lease> {
    const lease = new Lease(ask);
    await lease.renew();
    return lease;
  }

  get valid(): boolean {
    return performance.now() - this.askedAt < LEASE_MS;
  }

  /**
   * Asks, and shares the question only with whoever came before it was sent.
   * @throws SeatLost when it is over, another error when nobody could say
   */
  renew(): Promise<void> {
    if (!this.running) return (this.running = this.once().finally(() => (this.running = undefined)));
    this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.renew();
      });
    return this.next;
  }

  /** Keeps it renewed until it is lost. @param onLost called once, with the reason */
  keep(onLost: (why: string) => void): void {
    this.timer = setTimeout(() => {
      this.renew()
        .catch((error: unknown) => {
          const late = performance.now() - this.askedAt > GIVE_UP_MS;
          if (!this.ended && (late || error instanceof SeatLost)) onLost((error as Error).message);
        })
        .finally(() => {
          if (!this.ended) this.keep(onLost);
        });
    }, EVERY_MS);
  }

  end(): void {
    this.ended = true;
    this.askedAt = -Infinity;
    clearTimeout(this.timer);
  }

  private async once(): Promise<void> {
    const askedAt = performance.now();
    await this.ask();
    if (!this.ended) this.askedAt = Math.max(this.askedAt, askedAt);
  }
}
