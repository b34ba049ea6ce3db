import { type Cell, metrics } from '@prior/telemetry';
import { type Rate, type RatePolicy, rateOf, remaining, waitUs } from './rate';

/** One caller under one policy: what is counted together. */
export interface Quota {
  readonly policy: RatePolicy;
  /** Who, unique within the policy: an address, or the subject of a token. */
  readonly caller: string;
  /** Both in one. */
  readonly key: string;
}

export const quotaOf = (policy: RatePolicy, caller: string): Quota => ({
  policy,
  caller,
  key: `${policy.name}:${caller}`,
});

/**
 * Who decided: `redis` (exact), `batch` (this process, to be settled with Redis), `memory` (a denial that is still
 * running), `local` (this process alone, because Redis is away).
 */
export type DecidedBy = 'redis' | 'batch' | 'memory' | 'local';

export interface RateDecision {
  readonly policy: RatePolicy;
  readonly allowed: boolean;
  readonly by: DecidedBy;
  /** Requests left at once. */
  readonly remaining: number;
  /** Seconds until the whole limit is there again. */
  readonly resetS: number;
  /** Seconds until the next request is allowed: 0 when this one was. */
  readonly retryAfterS: number;
}

interface PolicyState {
  readonly rate: Rate;
  readonly cells: Readonly<Record<'allowed' | 'denied' | 'remembered' | 'exempt', Cell>>;
}

const states = new WeakMap<RatePolicy, PolicyState>();

/** Numbers and counters of a policy, made once: policies are few and live as long as the process. */
export function stateOf(policy: RatePolicy): PolicyState {
  let state = states.get(policy);
  if (!state) {
    const cell = (outcome: string) => metrics.traffic.rateLimit.cell(policy.name, outcome);
    const cells = {
      allowed: cell('allowed'),
      denied: cell('denied'),
      remembered: cell('remembered'),
      exempt: cell('exempt'),
    };
    states.set(policy, (state = { rate: rateOf(policy), cells }));
  }
  return state;
}

export function decision(policy: RatePolicy, allowed: boolean, by: DecidedBy, owedUs: number): RateDecision {
  const { rate } = stateOf(policy);
  const owed = Math.max(0, owedUs);
  return {
    policy,
    allowed,
    by,
    remaining: allowed ? remaining(owed, rate) : 0,
    resetS: Math.ceil(owed / 1e6),
    retryAfterS: allowed ? 0 : Math.max(1, Math.ceil(waitUs(owed, rate) / 1e6)),
  };
}
