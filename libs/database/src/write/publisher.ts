import type { TagDrop } from '../events';

/** What makes a committed write known to the cache; libs/cache provides it. */
export interface TagPublisher {
  /**
   * Gives every tag a new version.
   * @param row of the outbox that says so
   * @returns false when the cache could not be reached: the outbox keeps the row, and a drain publishes it
   */
  publish(drops: readonly TagDrop[], row?: number): Promise<boolean>;
}

/** Injection token of the {@link TagPublisher}. */
export const TAG_PUBLISHER = Symbol('TAG_PUBLISHER');
