/** How the connections of one worker to one server are divided, so that no use can starve another. */
export interface Budget {
  /** Reads at once on one replica. */
  readonly replicaReads: number;
  /** Reads at once on the primary: all of them without replicas, otherwise what no replica could answer. */
  readonly primaryReads: number;
  /** Units of work at once. */
  readonly writes: number;
}

/** Probes, drains, positions, plans: a busy server must not look like a dead one because nobody could ask it. */
const MACHINERY = 2;

/** How many connections to each server are left for the machinery. @param poolSize of this worker, to each server */
export const machineryOf = (poolSize: number): number => Math.min(MACHINERY, Math.floor(poolSize / 4));

/**
 * @param poolSize connections of this worker to each server
 * @param replicas how many are configured
 */
export function budgetOf(poolSize: number, replicas: number): Budget {
  const free = Math.max(1, poolSize - machineryOf(poolSize));
  const primaryReads = Math.max(1, Math.floor(replicas > 0 ? free / 3 : (free * 2) / 3));
  return { replicaReads: free, primaryReads, writes: Math.max(1, free - primaryReads) };
}
