/** Limits are multiples of this, ms: a statement's text then has few spellings, and most need none of their own. */
const STEP_MS = 100;

/**
 * The server-side limit of a statement: what is left of the request's time, but never more than the session's limit.
 *
 * @param remainingMs until the deadline; undefined for work without one
 * @returns ms, 0 when the time is over
 */
export function serverLimitMs(remainingMs: number | undefined, statementMs: number): number {
  if (remainingMs === undefined) return statementMs;
  return Math.min(statementMs, Math.ceil(Math.max(0, remainingMs) / STEP_MS) * STEP_MS);
}
