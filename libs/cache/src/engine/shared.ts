import { type AbandonSignal, AdmissionRefused, isMoreImportant } from '@prior/http';
import { metrics } from '@prior/telemetry';
import { Audience } from './audience';
import type { CachedQuestion } from './types';

type Asker = Pick<CachedQuestion, 'signal' | 'workClass'>;

/** What is under way for many, with the importance of whoever asked first. */
export class Shared<T> {
  readonly result: Promise<T>;
  private readonly audience: Audience;

  /** @param begin is told when everybody has hung up */
  constructor(
    private readonly first: Asker,
    begin: (signal: AbandonSignal) => Promise<T>,
  ) {
    this.audience = new Audience(first.signal);
    this.result = begin(this.audience.signal);
  }

  /** Whether all who came have hung up: whoever comes now needs a new one. */
  get isAbandoned(): boolean {
    return this.audience.signal.aborted;
  }

  /**
   * The result, for one more. A crawler that asked first may be refused for its own sake: who is more important asks
   * again then.
   *
   * @param again called once at most
   */
  join(asker: Asker, again: () => Promise<T>): Promise<T> {
    metrics.cache.coalesced.inc();
    this.audience.join(asker.signal);
    if (!isMoreImportant(asker.workClass, this.first.workClass)) return this.result;
    return this.result.catch((error: unknown) => {
      if (error instanceof AdmissionRefused && error.reason !== 'abandoned') return again();
      throw error;
    });
  }
}
