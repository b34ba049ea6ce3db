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
  /**
   * A call that takes longer counts as failed and is rejected with a TimeLimitError, in ms; false where the calls have
   * limits of their own.
   */
  readonly timeoutMs: number | false;
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
  /** Whether calls pass without a trial: then whoever makes very many may make them himself, and says how they went. */
  readonly passes: boolean;
  /** A call that was let by has succeeded. */
  succeeded(): void;
  /** A call that was let by has failed. Resolves when it is counted; never rejects */
  failed(error: unknown): Promise<void>;
  /** @throws BreakerOpenError, TimeLimitError, or what the action throws */
  fire(...args: Args): Promise<Result>;
  /** Opens it at once: somebody has proof that the server is away. */
  trip(): void;
  /** Stops its timers and takes it out of {@link breakerStates}. */
  close(): void;
}

type States = Set<() => BreakerState>;
const byName = new Map<string, States>();
const STATES: readonly BreakerState[] = ['closed', 'half-open', 'open'];

/** The worst state of the breakers of a name: two connections to one server share it. */
const worst = (states: States): number => Math.max(...[...states].map((state) => STATES.indexOf(state())));

/** Every breaker of the process by name: for `/health/ready`. */
export function breakerStates(): Record<string, BreakerState> {
  return Object.fromEntries([...byName].map(([name, states]) => [name, STATES[worst(states)]!]));
}

/** Shows a breaker's state under its name. @returns takes it away again */
function show(name: string, state: () => BreakerState): () => void {
  const states: States = byName.get(name) ?? new Set();
  const first = states.size === 0;
  states.add(state);
  byName.set(name, states);
  if (first)
    stopMetric.set(
      name,
      metrics.traffic.breakerState.from([name], () => worst(states)),
    );
  return () => {
    states.delete(state);
    if (states.size > 0) return;
    byName.delete(name);
    stopMetric.get(name)?.();
  };
}
const stopMetric = new Map<string, () => void>();

/**
 * Puts a circuit breaker around calls that leave the process. Once too many fail, the next ones are refused at
 * once instead of queueing behind a server that does not answer; after `resetMs` a single call tries again.
 *
 * @param name label of `prior_breaker_state`
 */
export function breaker<Args extends unknown[], Result>(
  name: string,
  action: (...args: Args) => Promise<Result>,
  options: BreakerOptions,
): Breaker<Args, Result> {
  const { timeoutMs, resetMs = 1_000, isFailure } = options;
  const circuit = new CircuitBreaker((attempt: () => Promise<Result>) => attempt(), {
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
  const hide = show(name, state);

  // Of its interface, but not of its types.
  const counts = circuit.status as unknown as { increment(what: 'fires' | 'successes'): void };
  const passes = (): boolean => timeoutMs === false && circuit.closed && !circuit.isShutdown;
  const succeeded = (): void => {
    counts.increment('fires');
    counts.increment('successes');
  };
  // It judges failures itself. (What others have failed at meanwhile may have opened it.)
  const failed = async (error: unknown): Promise<void> => {
    if (circuit.closed) await circuit.fire(() => Promise.reject(error as Error)).catch(() => undefined);
  };
  /** The usual case, at a fraction of the circuit's own cost: what succeeds while it is closed has but to be counted. */
  const letBy = async (args: Args): Promise<Result> => {
    let result: Result;
    try {
      result = await action(...args);
    } catch (error) {
      await failed(error);
      throw error;
    }
    succeeded();
    return result;
  };

  return {
    name,
    get state() {
      return state();
    },
    get passes() {
      return passes();
    },
    succeeded,
    failed,
    async fire(...args) {
      if (passes()) return letBy(args);
      try {
        return await circuit.fire(() => action(...args));
      } catch (error) {
        if (isTimeout(error)) throw new TimeLimitError(name, Number(timeoutMs));
        if (!isRefusal(error)) throw error;
        throw new BreakerOpenError(name, Math.max(0, Math.ceil(openedAt + resetMs - performance.now())));
      }
    },
    trip() {
      circuit.open();
    },
    close() {
      circuit.shutdown();
      hide();
    },
  };
}

/** opossum marks its own errors; an ETIMEDOUT of the action (a socket's) stays what it is. */
const isOurs = (error: unknown, code: string): boolean =>
  error instanceof Error && CircuitBreaker.isOurError(error) && (error as { code?: string }).code === code;
const isTimeout = (error: unknown): boolean => isOurs(error, 'ETIMEDOUT');
const isRefusal = (error: unknown): boolean => isOurs(error, 'EOPENBREAKER') || isOurs(error, 'ESHUTDOWN');
