import type { DrainGate } from '../protocol/drain-gate';
import type { Look, SecondTier } from './second-tier';
import { JOIN_WITHIN_MS, KNOWN_STAMP_MS } from './trust';
import { UnderWay } from './under-way';

interface Running {
  /** Monotonic ms. */
  readonly began: number;
  readonly look: Promise<Look>;
}

const shared = (look: Look): Look => {
  look.lease?.share();
  return look;
};

/**
 * Looks into Redis for requests that have not been through the pipeline yet, one look for all who come within the age
 * that an L1 answer may have. What is found but cannot be answered at once is handed to the pipeline, so nothing is asked
 * twice.
 */
export class EarlyLooks {
  private readonly running = new UnderWay<Running>();

  constructor(
    private readonly l2: Pick<SecondTier, 'look'>,
    private readonly gate: Pick<DrainGate, 'isOpen'>,
  ) {}

  /**
   * @param toLoad see SecondTier.look
   * @returns undefined where it would prove nothing: with the gate shut, others may have published writes that this
   *   process's drains never saw, and only versions that are read after a new proof include them. Never rejects
   */
  look(key: string, tags: readonly string[], toLoad = false): Promise<Look> | undefined {
    const now = performance.now();
    if (!this.gate.isOpen(now)) return undefined;
    const running = this.running.get(key);
    if (running && now - running.began <= JOIN_WITHIN_MS - KNOWN_STAMP_MS) return running.look.then(shared);
    const look = this.l2.look(key, tags, { toLoad });
    this.running.keep(key, { began: now, look }, look);
    return look;
  }
}
