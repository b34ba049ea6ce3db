/**
 * TTL with ± 10 % jitter, so that answers made together are not refreshed together.
 * @param ttlS seconds
 * @returns ms
 */
export function jitteredTtlMs(ttlS: number, random = Math.random()): number {
  return Math.round(ttlS * 1000 * (0.9 + 0.2 * random));
}

/**
 * XFetch: refresh early with a probability that grows towards the end of the lifetime, earlier for costly loads, so
 * that one request refreshes while the others are still served (Vattani, Chierichetti, Lowenstein: Optimal
 * Probabilistic Cache Stampede Prevention, VLDB 2015; beta = 1).
 *
 * @param expiresAt wall clock ms
 * @param loadMs how long a load takes, ms
 */
export function refreshDue(
  expiresAt: number,
  loadMs: number,
  now = Date.now(),
  random = Math.random(),
): boolean {
  return now - loadMs * Math.log(random || Number.MIN_VALUE) >= expiresAt;
}
