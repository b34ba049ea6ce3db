import type { ServerCircuit } from '../servers/circuits';
import type { Server } from '../servers/server';

/** What is known of one replica: whether it is there (its breaker), and whether it is current enough (the monitor). */
export class ReplicaState {
  /** Age of the newest heartbeat that it has applied, in ms; undefined until measured. */
  lagMs: number | undefined;
  /** Loads that use it now: the next load goes where there are fewest. */
  inFlight = 0;
  /** Why it gets no reads although it answers, in words for /health and logs. */
  reason: string | undefined = 'not measured yet';
  private restsUntil = 0;

  constructor(readonly circuit: ServerCircuit) {}

  get server(): Server {
    return this.circuit.server;
  }

  /** Whether reads may go there. */
  get healthy(): boolean {
    return this.reason === undefined && this.circuit.closed;
  }

  /** Measured and fine: it may answer. */
  admit(): void {
    this.reason = undefined;
  }

  eject(reason: string): void {
    this.reason = reason;
  }

  /** A fence that timed out here: leave it alone for a moment instead of paying the same wait in every load. */
  rest(ms: number, now = performance.now()): void {
    this.restsUntil = now + ms;
  }

  resting(now = performance.now()): boolean {
    return now < this.restsUntil;
  }
}

/**
 * The healthy replica with the least to do, or undefined.
 * @param most loads at once on one replica: beyond it they would only wait for its connections
 */
export function leastLoaded(
  replicas: readonly ReplicaState[],
  most: number,
  now = performance.now(),
): ReplicaState | undefined {
  let best: ReplicaState | undefined;
  for (const replica of replicas) {
    if (!replica.healthy || replica.resting(now) || replica.inFlight >= most) continue;
    if (!best || replica.inFlight < best.inFlight) best = replica;
    // With equal load they take turns: which one is first must not decide.
    else if (replica.inFlight === best.inFlight && Math.random() < 0.5) best = replica;
  }
  return best;
}
