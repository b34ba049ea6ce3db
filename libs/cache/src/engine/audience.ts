import { type AbandonSignal, HangUp } from '@prior/http';

/** Those who wait for one answer that many share. */
export class Audience {
  private readonly gone = new HangUp();
  private present = 0;

  /** @param first see `join` */
  constructor(first: AbandonSignal | undefined) {
    this.join(first);
  }

  /** Aborted when all who came have hung up: whoever comes later needs a new answer. */
  get signal(): AbandonSignal {
    return this.gone;
  }

  /** @param signal aborted when this one hangs up; undefined for somebody who never does */
  join(signal: AbandonSignal | undefined): void {
    this.present += 1;
    if (signal?.aborted) this.leave();
    else signal?.addEventListener('abort', () => this.leave(), { once: true });
  }

  private leave(): void {
    this.present -= 1;
    if (this.present === 0) this.gone.abort();
  }
}
