import { metrics } from '@prior/telemetry';
import { RedisUnavailable } from '@prior/resilience';

/** Whether answers from cache can be proven fresh, and if not, why. */
export type Proof = 'fresh' | 'primary-down' | 'redis-down';

export interface DrainGateOptions {
  /** Pause from the beginning of one drain to the next, ms. */
  readonly everyMs: number;
  /** The last successful drain must have BEGUN less than this ago, ms. */
  readonly openMs: number;
  /**
   * So long after the gate has shut a drain that began before may end without distrusting anything, ms. With none at all
   * it would distrust everything each time where a query takes 200 ms.
   */
  readonly lateMs: number;
  /** Test harness: no drains, always open (mutant `no-drain`). */
  readonly alwaysOpen?: boolean;
}

/**
 * Why 200 and 400: a write that nobody published is older than 100 ms when the first drain that must see it begins, at
 * most 400 ms later (or the gate closes), and an L1 entry answers for at most 400 ms after its versions were read:
 * 900 ms, within the promised second. Where that drain ends up to 50 ms too late, 950.
 */
export const DRAIN_GATE: DrainGateOptions = { everyMs: 200, openMs: 400, lateMs: 50 };

/** Shut for no longer than this, the gate says more about this process than about a server, ms. */
const JUST_MS = 3_000;

/**
 * The gate that closes race R3: a writer died, or lost Redis, between its COMMIT and its invalidation. This process
 * answers from cache as fresh only while its own drains of the outbox succeed.
 */
export class DrainGate {
  /** When the last successful drain began, monotonic ms. */
  private begun = -Infinity;
  /** How the last attempt ended. */
  private failed = false;
  private running: Promise<Proof> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private readonly forget: () => void;

  constructor(
    private readonly drain: () => Promise<unknown>,
    /**
     * The gate was shut: others may have published meanwhile what this process never saw. Distrusts at once, never
     * rejects.
     */
    private readonly onReopened: () => Promise<void>,
    private readonly options: DrainGateOptions = DRAIN_GATE,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.forget = metrics.cache.drainAge.from([], () => Math.min(3_600, (this.clock() - this.begun) / 1000));
  }

  isOpen(now = this.clock()): boolean {
    return now - this.begun < this.options.openMs || this.options.alwaysOpen === true;
  }

  /** Shut, but not for long, and nothing has failed: this process was late. */
  hasJustShut(now = this.clock()): boolean {
    return !this.failed && !this.isOpen(now) && now - this.begun < JUST_MS;
  }

  /** True while the gate is open; else drains at once (one attempt shared by all who wait) and says how it went. */
  async proof(): Promise<Proof> {
    if (this.isOpen()) return 'fresh';
    const proof = await this.attempt();
    // The attempt that was under way may have begun too long ago to prove anything now.
    return proof === 'fresh' && !this.isOpen() ? this.attempt() : proof;
  }

  start(): void {
    if (this.options.alwaysOpen) return;
    void this.tick();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.forget();
    await this.running;
  }

  private async tick(): Promise<void> {
    const began = this.clock();
    await this.attempt();
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.tick(), Math.max(0, began + this.options.everyMs - this.clock()));
  }

  private attempt(): Promise<Proof> {
    this.running ??= this.once().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async once(): Promise<Proof> {
    const began = this.clock();
    // Rows published by others while this gate was shut were never seen here, and versions read before they were
    // published look current in this process (docs/consistency.md, "a gate that reopens"). Judged at the beginning, and
    // at the end again: when in between the drain has looked is not known.
    const wasOpen = this.isOpen(began);
    try {
      await this.drain();
    } catch (error) {
      this.failed = true;
      return error instanceof RedisUnavailable ? 'redis-down' : 'primary-down';
    }
    const stillOpen = wasOpen && this.isOpen(this.clock() - this.options.lateMs);
    const reopened = stillOpen ? undefined : this.onReopened();
    this.begun = began;
    this.failed = false;
    await reopened;
    return 'fresh';
  }
}
