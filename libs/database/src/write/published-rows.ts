import { deleteFromOutbox, type Query } from './outbox';

/** How long published rows are collected before one statement removes them, ms. Below the drains' grace of 100 ms. */
const FLUSH_AFTER_MS = 40;

/**
 * Removes outbox rows after their tags were dropped, in batches and after the writer was answered: a row that stays
 * because this process dies is published once more by a drain, seconds later, which is harmless. So a write
 * costs one COMMIT, not two.
 */
export class PublishedRows {
  private ids: number[] = [];
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(private readonly query: Query) {}

  add(id: number): void {
    this.ids.push(id);
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS);
  }

  /** Removes all that is known now. Never rejects: what is left is published again. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const ids = this.ids;
    this.ids = [];
    this.flushing = this.flushing.then(() => deleteFromOutbox(this.query, ids)).catch(() => undefined);
    return this.flushing;
  }
}
