const FIRST_MS = 100;
const LAST_MS = 10_000;
/** A worker that lived this long was sound: its end is news, not the next of a series. */
const SOUND_AFTER_MS = 30_000;

/** How long to wait before a worker that crashed is replaced: at once the first time, longer while it goes on. */
export class Backoff {
  private nextMs = 0;

  /** @param livedMs how long the worker that crashed had lived */
  afterCrash(livedMs: number): number {
    if (livedMs >= SOUND_AFTER_MS) this.nextMs = 0;
    const wait = this.nextMs;
    this.nextMs = Math.min(Math.max(this.nextMs * 2, FIRST_MS), LAST_MS);
    return wait;
  }
}
