import type { WorkClass } from '@prior/http';

export interface LoopShedOptions {
  /** What the event loop says of itself since it was last asked. */
  readonly loop: () => LoopState;
  /** 0 ≤ x < 1 */
  readonly random?: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

export interface LoopState {
  /** How late it was at its best, ms. A single long turn does not show here; lasting congestion does. */
  readonly leastLagMs: number;
  /** The share of the time that it was busy, 0 to 1. */
  readonly busy: number;
}

const WINDOW_MS = 100;
/** Late for less than this is a stall, most often of another program's making, and over when somebody could react. */
const PATIENCE_MS = 500;
const LAG_MS = 20;
/** Late although idle is a machine that is busy with others: refusing would not make it faster. */
const BUSY = 0.9;
/** How long those that are let in may take altogether while the loop is busy, ms. */
export const CROWD_MS = 150;
/** So long they may take longer, ms: a burst is over by then. */
const CROWD_PATIENCE_MS = 200;
const BACK_OFF = 0.9;
const GROWTH = 1.1;
/** Of a loop that has time to spare: the crowd has gone, and who comes now should not wait for a cautious return. */
const RECOVERY = 1.5;
/** Windows that are made up for at once. */
const LONGEST = 20;
/** Never nothing: whoever is let through finds out that things are better. */
const LEAST = 0.05;

/** A class is let through with the share to this power: the least important feels it first. */
const WEIGHT: Readonly<Record<WorkClass, number>> = {
  health: 0,
  write: 0.25,
  detail: 0.5,
  list: 1,
  search: 2,
  crawler: 4,
  background: 4,
};

/**
 * Refuses a share of the requests while the event loop itself is late: then requests wait before anybody has looked at
 * them, in a queue that no gate sees. The share follows the lag as the admission level follows the queueing time in
 * Zhou et al., "Overload Control for Scaling WeChat Microservices", SoCC 2018.
 */
export class LoopShed {
  private readonly now: () => number;
  private readonly random: () => number;
  private current = 1;
  private since: number;
  private lateSince: number | undefined;
  private crowdedSince: number | undefined;
  private busy = false;

  constructor(private readonly options: LoopShedOptions) {
    this.now = options.now ?? (() => performance.now());
    this.random = options.random ?? Math.random;
    this.since = this.now();
  }

  /** @returns whether this request is to be refused now */
  refuses(workClass: WorkClass): boolean {
    this.adapt();
    return this.current < 1 && this.random() >= this.current ** WEIGHT[workClass];
  }

  /**
   * Refuses all while a busy loop has more open requests than it finishes in a moment, and has had for a while: they
   * wait in the loop itself, each turn of which is short, so that no lag shows it.
   *
   * @param open requests that this process has open
   * @param enough as many as it finishes in {@link CROWD_MS}, and what waits for the database beside
   */
  crowded(open: number, enough: number): boolean {
    this.adapt();
    if (!this.busy || open <= enough) {
      this.crowdedSince = undefined;
      return false;
    }
    const now = this.now();
    this.crowdedSince ??= now;
    return now - this.crowdedSince >= CROWD_PATIENCE_MS;
  }

  private adapt(): void {
    const now = this.now();
    const elapsed = now - this.since;
    if (elapsed < WINDOW_MS) return;
    const { leastLagMs, busy } = this.options.loop();
    this.busy = busy > BUSY;
    if (leastLagMs > LAG_MS && this.busy) this.lateSince ??= this.since;
    else this.lateSince = undefined;
    this.since = now;
    if (this.lateSince !== undefined && now - this.lateSince < PATIENCE_MS) return;
    const windows = Math.min(elapsed / WINDOW_MS, LONGEST);
    // In a congested loop this is asked seldom: each time has to make up for those that it missed.
    const next =
      this.lateSince === undefined
        ? this.current * (this.busy ? GROWTH : RECOVERY) ** windows
        : this.current * BACK_OFF ** (windows * severity(leastLagMs));
    this.current = Math.min(1, Math.max(LEAST, next));
  }
}

/** How many times faster the share falls the later the loop is. */
const severity = (lagMs: number): number => Math.min(5, lagMs / LAG_MS);
