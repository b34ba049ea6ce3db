/** What everybody is promised, ms. */
export const PROMISE_MS = 1_000;
/**
 * Slack, ms. All times are taken in this one process: a read begins before it is sent and a write is acknowledged after
 * its answer was received, so every delay here makes the check milder, never stricter. The slack is for rounding.
 */
export const SLACK_MS = 100;
export const LIMIT_MS = PROMISE_MS + SLACK_MS;

/** One value of a register, and when it became true. */
export interface State<V> {
  readonly value: V;
  /** When its write was sent. */
  readonly begun: number;
  /** When its write was acknowledged; Infinity until then, and for good when nobody ever said. */
  acked: number;
}

/** A read as its client saw it, monotonic ms. */
export interface Sight {
  readonly began: number;
  readonly ended: number;
}

export interface Judgement {
  readonly ok: boolean;
  /** How long something newer had been acknowledged when the read began, ms; 0 for the newest. */
  readonly staleMs: number;
}

const FRESH: Judgement = { ok: true, staleMs: 0 };
const KEPT = 200;

/**
 * One fact of the catalogue and all values that it had, in the order in which they were written. It is written by one
 * client at a time, so that this order is known.
 */
export class Register<V> {
  private states: State<V>[];
  /** States that were forgotten because they are too old. */
  private dropped = 0;

  constructor(
    readonly name: string,
    value: V,
    at: number,
  ) {
    this.states = [{ value, begun: at, acked: at }];
  }

  /** The value of the last write that was sent. */
  get latest(): V {
    return this.states.at(-1)!.value;
  }

  /** The place of the last write that was sent, to be handed to `judge` as the reader's own. */
  get position(): number {
    return this.dropped + this.states.length - 1;
  }

  /** Whether the last write's outcome is known. */
  get settled(): boolean {
    return this.states.at(-1)!.acked !== Infinity;
  }

  /** A write is about to be sent. @throws when the one before has no known outcome: the order would be unknown */
  begin(value: V, at: number): void {
    if (!this.settled) throw new Error(`${this.name}: two writes at once`);
    this.states.push({ value, begun: at, acked: Infinity });
    if (this.states.length > 2 * KEPT) {
      this.dropped += this.states.length - KEPT;
      this.states = this.states.slice(-KEPT);
    }
  }

  ack(at: number): void {
    this.states.at(-1)!.acked = at;
  }

  /** The last write has certainly not happened. */
  undo(): void {
    if (!this.settled) this.states.pop();
  }

  /**
   * Judges what a reader saw: it must fit a value that was sent before the answer came, and nothing newer than that
   * value may have been acknowledged longer ago than promised when the read began; or before it at all, if the reader
   * wrote it and says so by its token.
   *
   * @param fits whether a value explains what was seen
   * @param own the newest place that the reader itself has written
   */
  judge(fits: (value: V) => boolean, { began, ended }: Sight, own = -1): Judgement {
    for (let i = this.states.length - 1; i >= 0; i -= 1) {
      const state = this.states[i]!;
      if (state.begun > ended || !fits(state.value)) continue;
      const next = this.states[i + 1];
      if (!next) return FRESH;
      const staleMs = Math.max(0, began - next.acked);
      const missedOwn = this.dropped + i < own;
      return { ok: !missedOwn && staleMs <= LIMIT_MS, staleMs };
    }
    return { ok: false, staleMs: Infinity };
  }

  /** For reports: the last values and their times. */
  describe(now: number): string {
    const ago = (at: number) => (at === Infinity ? 'never' : `${Math.round(now - at)} ms ago`);
    return this.states
      .slice(-4)
      .map(({ value, begun, acked }) => `${JSON.stringify(value)} sent ${ago(begun)}, acked ${ago(acked)}`)
      .join('; ');
  }
}
