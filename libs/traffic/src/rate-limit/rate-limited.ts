import { Problem } from '@prior/http';
import type { RateDecision } from './decision';
import { rateHeaders } from './headers';

/** 429 with everything that a client needs to do better: when to come back, and what its limit is. */
export class RateLimited extends Problem {
  constructor(made: RateDecision) {
    const retryAfter = made.retryAfterS;
    super('rate_limited', {
      params: { retryAfter },
      headers: rateHeaders(made),
      extensions: { error: 'Too many requests', retryAfter },
    });
    this.name = 'RateLimited';
  }
}
