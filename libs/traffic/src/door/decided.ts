import type { IncomingMessage } from 'node:http';
import type { RateDecision } from '../rate-limit/decision';

const DECIDED = Symbol('prior:rate-decision');
type Marked = IncomingMessage & { [DECIDED]?: RateDecision | 'exempt' };

/** Remembers what was decided before Nest's pipeline, so that the guard there does not count the request again. */
export function markDecided(request: IncomingMessage, made: RateDecision | 'exempt'): void {
  (request as Marked)[DECIDED] = made;
}

export const decidedOf = (request: IncomingMessage): RateDecision | 'exempt' | undefined =>
  (request as Marked)[DECIDED];
