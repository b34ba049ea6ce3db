import type { Admitted } from '../admission';

/**
 * What belongs to one load of an answer, which many requests may share. It is handed on from the handler to whoever reads
 * for it, and is not found by itself as a request's context is: what finds it costs each promise of the process something
 * (docs/decisions/0016-contexts-by-hand.md).
 */
export class LoadContext {
  /** Why the answer could not be proven fresh; the answer is then marked `X-Cache: STALE`, and shared with nobody. */
  unproven?: string;

  /** @param admitted what the work for it may still take; without, the limits that every statement has */
  constructor(readonly admitted?: Admitted) {}
}
