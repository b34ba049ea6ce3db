import type { TagDrop } from '../events';

/** What makes a committed write known to the cache; libs/cache provides it. */
export interface TagPublisher {
  /**
   * Gives every tag a new version.
   * @returns false when the cache could not be reached: the outbox keeps the row, and a drain publishes it
   */
  publish(drops: readonly TagDrop[]): Promise<boolean>;
}

/** Injection token of the {@link TagPublisher}. */
export const TAG_PUBLISHER = Symbol('TAG_PUBLISHER');
