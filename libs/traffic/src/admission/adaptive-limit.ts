export interface AdaptiveLimitOptions {
  /** Work at once to begin with, and at most: the size of the pools, beyond which work would only wait in there. */
  readonly initial: number;
  /** Never below this, however ill the database is. Default 2. */
  readonly min?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

const WINDOW_MS = 100;
const MIN_SAMPLES = 8;
/** Latency may double before the limit falls: the mix of cheap and dear queries changes all the time. */
const TOLERANCE = 2;
const SMOOTHING = 0.2;
const BACK_OFF = 0.9;
/** How fast a lasting rise becomes the new normal, in ms: a slower disk is no overload. */
const BASELINE_MS = 10_000;

/**
 * How much work the database does well at once, found out from how long it takes: the gradient method of Netflix's
 * concurrency-limits (Gradient2Limit), with multiplicative decrease when statements run out of time.
 *
 * Three differences. Latency says something about the limit only while the limit is reached: below it there is room
 * left, so what takes longer does so for another reason, a slower network for example. Latency alone never takes the
 * limit below half: when every query is slower by the same amount, fewer of them do not make it faster, and the method
 * cannot tell. And it never grows beyond the pools.
 */
export class AdaptiveLimit {
  private readonly min: number;
  private readonly now: () => number;
  private current: number;
  private baseline = 0;
  private windowStart: number;
  private samples = 0;
  private sum = 0;
  private failures = 0;
  private busiest = 0;

  constructor(private readonly options: AdaptiveLimitOptions) {
    this.min = Math.min(options.min ?? 2, options.initial);
    this.now = options.now ?? (() => performance.now());
    this.current = options.initial;
    this.windowStart = this.now();
  }

  /** What work takes when nothing is wrong, ms; 0 until there was some. */
  get baselineMs(): number {
    return this.baseline;
  }

  get value(): number {
    return Math.floor(this.current);
  }

  /**
   * @param ms how long a piece of work took
   * @param inFlight how many went on beside it, itself among them
   * @param failed it ran out of time at the database
   */
  sample(ms: number, inFlight: number, failed = false): void {
    this.samples += 1;
    this.sum += ms;
    this.failures += failed ? 1 : 0;
    this.busiest = Math.max(this.busiest, inFlight);
    const elapsed = this.now() - this.windowStart;
    if (elapsed >= WINDOW_MS && this.samples >= MIN_SAMPLES) this.adapt(this.sum / this.samples, elapsed);
  }

  private adapt(recent: number, elapsed: number): void {
    if (this.failures > 0) this.current = Math.max(this.min, this.current * BACK_OFF);
    else if (this.busiest >= this.value) this.follow(recent);
    this.learn(recent, elapsed);
    this.windowStart = this.now();
    this.samples = this.sum = this.failures = this.busiest = 0;
  }

  private follow(recent: number): void {
    const gradient = this.baseline === 0 ? 1 : clamp((TOLERANCE * this.baseline) / recent, 0.5, 1);
    const wanted = this.current * gradient + Math.sqrt(this.current);
    const next = this.current + SMOOTHING * (wanted - this.current);
    this.current = clamp(next, Math.min(this.current, this.options.initial / 2), this.options.initial);
  }

  private learn(recent: number, elapsed: number): void {
    if (this.baseline === 0) this.baseline = recent;
    const share = recent < this.baseline ? 0.5 : 1 - Math.exp(-elapsed / BASELINE_MS);
    this.baseline += (recent - this.baseline) * share;
  }
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
