/**
 * Domain events and the cache tags they drop. A feature declares both side by side in its `events.ts`,
 * so that whoever adds an event cannot forget what it makes stale.
 */

/** One cached fact that a write has changed. */
export interface TagDrop {
  readonly tag: string;
  /** `soon`: a busy list that only saw stock or counters move; it is dropped within 500 ms, not at once. */
  readonly when: 'now' | 'soon';
}

/** Something that happened inside a unit of work, announced after its COMMIT. */
export interface DomainEvent<T = unknown> {
  readonly name: string;
  readonly payload: T;
  readonly drops: readonly TagDrop[];
}

export const now = (...tags: string[]): TagDrop[] => tags.map((tag) => ({ tag, when: 'now' }));
export const soon = (...tags: string[]): TagDrop[] => tags.map((tag) => ({ tag, when: 'soon' }));

/**
 * Declares an event with its invalidation rule.
 *
 * @example const productDeleted = defineEvent('product.deleted', (p: Snapshot) => now(tags.product(p.slug)));
 *          tx.record(productDeleted(snapshot));
 */
export function defineEvent<T>(name: string, rule: (payload: T) => TagDrop[]) {
  const make = (payload: T): DomainEvent<T> => ({ name, payload, drops: rule(payload) });
  return Object.assign(make, { eventName: name, rule });
}
