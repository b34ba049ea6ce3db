/**
 * The arithmetic of GCRA, the generic cell rate algorithm (ITU-T I.371, annex A; ATM Forum TM 4.1, section 4.4.2),
 * here as a virtual schedule: a caller owes time for each request and pays it back as time passes.
 * All times are microseconds, because those of Redis are.
 */

/** What one kind of caller may do. */
export interface RatePolicy {
  /** Short name: label of the metrics, name of the policy in the headers, part of the key. */
  readonly name: string;
  /** Requests in the window; also how many may come at once after a pause. */
  readonly limit: number;
  readonly windowMs: number;
}

export interface Rate {
  /** What one request costs. */
  readonly intervalUs: number;
  /** What a caller may owe at most. */
  readonly toleranceUs: number;
}

/** Rounded up, so that rounding never admits more than the limit. */
export function rateOf({ limit, windowMs }: Pick<RatePolicy, 'limit' | 'windowMs'>): Rate {
  const intervalUs = Math.ceil((windowMs * 1000) / limit);
  return { intervalUs, toleranceUs: intervalUs * limit };
}

/** Requests that somebody who owes this much may still send at once. */
export const remaining = (owedUs: number, { intervalUs, toleranceUs }: Rate): number =>
  Math.max(0, Math.floor((toleranceUs - owedUs) / intervalUs));

/** µs until one more request would be allowed; 0 or less: it is allowed now. */
export const waitUs = (owedUs: number, { intervalUs, toleranceUs }: Rate): number =>
  owedUs + intervalUs - toleranceUs;

/**
 * Requests that one process may have let through on its own word before Redis knows of them: a twentieth of the
 * limit. With P processes, a caller can exceed its limit by at most P times this number, and pays it back.
 */
export const unsettledMax = (limit: number): number => Math.max(1, Math.floor(limit / 20));
