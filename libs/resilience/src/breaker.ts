import CircuitBreaker from 'opossum';
import { metrics } from '@prior/telemetry';
import { TimeLimitError } from './time-limit';

export type BreakerState = 'closed' | 'half-open' | 'open';

/** Refused without a try, because the last tries failed. */
export class BreakerOpenError extends Error {
  readonly code = 'EOPENBREAKER';

  /** @param retryAfterMs when the breaker lets the next try through */
  constructor(
    readonly breaker: string,
    readonly retryAfterMs: number,
  ) {
    super(`${breaker} is not called: its last calls failed`);
    this.name = 'BreakerOpenError';
  }
}

export interface BreakerOptions {
  /** A call that takes longer counts as failed and is rejected with a TimeLimitError, in ms. */
  readonly timeoutMs: number;
  /** How long it stays open before one call may try again, in ms. Default 1000. */
  readonly resetMs?: number;
  /** Share of failed calls within the window that opens it, in percent. Default 50. */
  readonly errorPercentage?: number;
  /** Calls that the window must hold before it may open. Default 10. */
  readonly volume?: number;
  /** Length of the window in ms. Default 5000. */
  readonly windowMs?: number;
  /** Which errors say that the server is ill; a duplicate key, say, does not. Default: all. */
  readonly isFailure?: (error: unknown) => boolean;
  readonly onChange?: (state: BreakerState) => void;
}

export interface Breaker<Args extends unknown[], Result> {
  readonly name: string;
  readonly state: BreakerState;
  /** @throws BreakerOpenError, TimeLimitError, or what the action throws */
  fire(...args: Args): Promise<Result>;
  /** Stops its timers and takes it out of {@link breakerStates}. */
  close(): void;
}

const open = new Map<string, () => BreakerState>();
const STATE_VALUES: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 };

/** Every breaker of the process by name: for `/health/ready`. */
export function breakerStates(): Record<string, BreakerState> {
  return Object.fromEntries([...open].map(([name, state]) => [name, state()]));
}

/**
 * Puts a circuit breaker around calls that leave the process. Once too many fail, the next ones are refused at
 * once instead of queueing behind a server that does not answer; after `resetMs` a single call tries again.
 *
 * @param name unique in the process; label of `prior_breaker_state`
 * @throws Error when the name is taken
 */
export function breaker<Args extends unknown[], Result>(
  name: string,
  action: (...args: Args) => Promise<Result>,
  options: BreakerOptions,
): Breaker<Args, Result> {
  if (open.has(name)) throw new Error(`There is already a breaker called ${name}: close() it first`);
  const { timeoutMs, resetMs = 1_000, isFailure } = options;
  const circuit = new CircuitBreaker(action, {
    name,
    timeout: timeoutMs,
    resetTimeout: resetMs,
    errorThresholdPercentage: options.errorPercentage ?? 50,
    volumeThreshold: options.volume ?? 10,
    rollingCountTimeout: options.windowMs ?? 5_000,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    ...(isFailure && { errorFilter: (error: unknown) => !(isTimeout(error) || isFailure(error)) }),
  });
  let openedAt = 0;
  const state = (): BreakerState => (circuit.opened ? 'open' : circuit.halfOpen ? 'half-open' : 'closed');
  circuit.on('open', () => {
    openedAt = performance.now();
    options.onChange?.('open');
  });
  circuit.on('halfOpen', () => options.onChange?.('half-open'));
  circuit.on('close', () => options.onChange?.('closed'));
  const refused = metrics.traffic.breakerRefused.cell(name);
  circuit.on('reject', () => (refused.n += 1));
  open.set(name, state);
  const stopMetric = metrics.traffic.breakerState.from([name], () => STATE_VALUES[state()]);

  return {
    name,
    get state() {
      return state();
    },
    async fire(...args) {
      try {
        return await circuit.fire(...args);
      } catch (error) {
        if (isTimeout(error)) throw new TimeLimitError(name, timeoutMs);
        if (!isRefusal(error)) throw error;
        throw new BreakerOpenError(name, Math.max(0, Math.ceil(openedAt + resetMs - performance.now())));
      }
    },
    close() {
      circuit.shutdown();
      stopMetric();
      open.delete(name);
    },
  };
}

/** opossum marks its own errors; an ETIMEDOUT of the action (a socket's) stays what it is. */
const isOurs = (error: unknown, code: string): boolean =>
  error instanceof Error && CircuitBreaker.isOurError(error) && (error as { code?: string }).code === code;
const isTimeout = (error: unknown): boolean => isOurs(error, 'ETIMEDOUT');
const isRefusal = (error: unknown): boolean => isOurs(error, 'EOPENBREAKER') || isOurs(error, 'ESHUTDOWN');
