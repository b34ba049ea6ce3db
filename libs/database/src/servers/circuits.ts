import { Problem } from '@prior/http';
import { type Breaker, breaker, BreakerOpenError, type BreakerState } from '@prior/resilience';
import { isServerFailure, ServerSilent } from './errors';
import type { Server } from './server';

const isBusy = (error: unknown): boolean => error instanceof Problem && error.code === 'database_busy';

/** Shorter than the pause between the monitor's rounds, so that each round may try, ms. */
export const CIRCUIT_RESET_MS = 100;

type Cut = (error: Error) => void;

/** Who waits for an answer, in a list. (A Set of what comes and goes would keep it for long: see UnderWay in libs/cache.) */
interface Waiter {
  readonly cut: Cut;
  place: number;
}

/**
 * The breaker of one database server, and the only opinion of whether it is there. One proof opens it, because reads
 * always have another server to ask; only the monitor's probe closes it, because it is a whole round trip: taking an
 * idle connection from the pool proves nothing.
 */
export class ServerCircuit {
  private readonly breaker: Breaker<[() => Promise<unknown>], unknown>;
  private readonly waiting: Waiter[] = [];
  private why = '';
  private told: BreakerState = 'closed';
  private openSince = 0;

  /** @param name label of `prior_breaker_state` */
  constructor(
    readonly server: Server,
    readonly name: string,
    onChange: (server: Server, state: 'up' | 'down', why: string) => void = () => undefined,
  ) {
    this.breaker = breaker(name, (work) => work(), {
      timeoutMs: false,
      resetMs: CIRCUIT_RESET_MS,
      errorPercentage: 0,
      volume: 1,
      // A table that is missing is an answer: the server is there. That no connection is free says nothing, neither that
      // it is away nor that it is back.
      isFailure: (error) => isServerFailure(error) || (!this.closed && isBusy(error)),
      onChange: (state) => {
        if (state === 'half-open' || state === this.told) return;
        this.told = state;
        this.openSince = performance.now();
        onChange(server, state === 'open' ? 'down' : 'up', state === 'open' ? this.why : 'answers');
      },
    });
  }

  get state(): BreakerState {
    return this.breaker.state;
  }

  get closed(): boolean {
    return this.breaker.state === 'closed';
  }

  /** How long it has not been closed, ms; 0 while it is. */
  openMs(now = performance.now()): number {
    return this.told === 'closed' ? 0 : now - this.openSince;
  }

  /** @throws BreakerOpenError: for those who have nobody else to ask, so that they hear it at once */
  assertClosed(): void {
    if (!this.closed) throw new BreakerOpenError(this.name, CIRCUIT_RESET_MS);
  }

  /**
   * A round trip that decides.
   * @throws BreakerOpenError when it is too early to try again, or what `work` throws
   */
  async probe<T>(work: () => Promise<T>): Promise<T> {
    const noted = async () => {
      try {
        return await work();
      } catch (error) {
        this.note(error);
        throw error;
      }
    };
    return (await this.breaker.fire(noted)) as T;
  }

  /** Somebody has proof that the server is away. */
  trip(error: unknown): void {
    this.note(error);
    this.breaker.trip();
  }

  /**
   * Calls `cut` when the server turns out to be silent: whoever waits for it would wait for the whole time limit, and
   * others have found out already. A lost connection says nothing about the other ones.
   *
   * @returns forgets it
   */
  onSilence(cut: Cut): () => void {
    const { waiting } = this;
    const waiter: Waiter = { cut, place: waiting.length };
    waiting.push(waiter);
    return () => {
      if (waiting[waiter.place] !== waiter) return;
      // The last one takes its place.
      const last = waiting.pop()!;
      if (last !== waiter) waiting[(last.place = waiter.place)] = last;
    };
  }

  /** Stops its timers. */
  close(): void {
    this.breaker.close();
  }

  private note(error: unknown): void {
    this.why = error instanceof Error ? error.message : String(error);
    if (!(error instanceof ServerSilent)) return;
    for (const { cut } of [...this.waiting]) cut(error);
  }
}

export interface Circuits {
  readonly primary: ServerCircuit;
  /** In the order of the replicas. */
  readonly replicas: readonly ServerCircuit[];
}

/** One breaker for each server: `primary`, `replica-1`, `replica-2` … */
export function makeCircuits(
  primary: Server,
  replicas: readonly Server[],
  onChange?: (server: Server, state: 'up' | 'down', why: string) => void,
): Circuits {
  return {
    primary: new ServerCircuit(primary, 'primary', onChange),
    replicas: replicas.map((server, i) => new ServerCircuit(server, `replica-${i + 1}`, onChange)),
  };
}
