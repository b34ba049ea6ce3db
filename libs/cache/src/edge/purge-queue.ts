/** A tag and the times that belong to it, monotonic ms. */
interface Waiting {
  readonly tag: string;
  readonly due: number;
}

/** Purges that are due at about the same time go together. */
const SLOT_MS = 50;

/**
 * Tags that wait for the time of their purge. A tag may wait more than once: a later change must not put off the purge
 * of an earlier one, or steady writes would put it off for ever.
 */
export class PurgeQueue {
  /** By the end of their slot. */
  private readonly slots = new Map<number, Set<string>>();
  /** Tags whose time has come, with that time: the earlier one where there are two. */
  private readonly ready = new Map<string, number>();
  private waiting = 0;

  get size(): number {
    return this.waiting + this.ready.size;
  }

  add(tag: string, due: number): void {
    const slot = Math.ceil(due / SLOT_MS) * SLOT_MS;
    const tags = this.slots.get(slot) ?? new Set();
    this.slots.set(slot, tags);
    this.waiting -= tags.size;
    tags.add(tag);
    this.waiting += tags.size;
  }

  /** When the next purge is due; undefined when none waits. */
  nextDue(): number | undefined {
    if (this.ready.size > 0) return 0;
    return this.slots.size === 0 ? undefined : Math.min(...this.slots.keys());
  }

  /** When the last purge that waits is due; undefined when none waits. */
  lastDue(): number | undefined {
    return this.size === 0 ? undefined : Math.max(0, ...this.slots.keys());
  }

  /** Takes tags whose time has come, as many as fit into one call. */
  take(now: number, maxTags: number, maxLength: number): Waiting[] {
    this.ripen(now);
    const taken: Waiting[] = [];
    let length = 0;
    for (const [tag, due] of this.ready) {
      length += tag.length + 1;
      if (taken.length > 0 && (taken.length >= maxTags || length > maxLength)) break;
      taken.push({ tag, due });
      this.ready.delete(tag);
    }
    return taken;
  }

  /** Puts back what could not be purged, unless it was due before `notBefore`. */
  putBack(tags: readonly Waiting[], notBefore: number): void {
    for (const { tag, due } of tags) {
      if (due >= notBefore) this.ready.set(tag, Math.min(due, this.ready.get(tag) ?? Infinity));
    }
  }

  clear(): void {
    this.slots.clear();
    this.ready.clear();
    this.waiting = 0;
  }

  private ripen(now: number): void {
    for (const [slot, tags] of this.slots) {
      if (slot > now) continue;
      this.slots.delete(slot);
      this.waiting -= tags.size;
      for (const tag of tags) this.ready.set(tag, Math.min(slot, this.ready.get(tag) ?? Infinity));
    }
  }
}
