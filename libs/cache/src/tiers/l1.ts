import { LRUCache } from 'lru-cache';
import { type Entry, sameVersions } from './entry';
import { Lifetime } from './lifetime';

/** Content codings that bodies are sent in. */
export type Encoding = 'br' | 'gzip';

/** An entry in this process, with what is only true here. */
export interface Held {
  readonly entry: Entry;
  /** Monotonic ms until which it may be answered without looking at its versions again. */
  freshUntil: number;
  /** Compressed bodies, made on the first request that wants them. */
  readonly compressed: Partial<Record<Encoding, Buffer>>;
  /** Those that are being made. */
  readonly compressing: { [encoding in Encoding]?: Promise<Buffer> | undefined };
}

export const hold = (entry: Entry, freshUntil = 0): Held => ({
  entry,
  freshUntil,
  compressed: {},
  compressing: {},
});

/** Bookkeeping of an entry beside its body, roughly, in bytes. */
const OVERHEAD = 600;
/** Of one of its tags: the version, the place in the index. Of one that no other entry has it is twice as much. */
const OF_TAG = 200;

/** What an entry takes, in bytes. Lists of many ids have many tags and hardly a body where the ids are invented. */
const sizeOf = ({ entry: { body, tags } }: Held, key: string): number =>
  OVERHEAD + key.length * 2 + body.length * 3 + tags.reduce((sum, tag) => sum + tag.length + OF_TAG, 0);

/** Whether both are copies of one fill. */
const sameFill = (a: Entry, b: Entry): boolean =>
  a.storedAt === b.storedAt && a.etag === b.etag && a.etag !== '' && sameVersions(a.versions, b.versions);

/** The tier in the process: least recently used goes first, bounded by bytes. */
export class L1 {
  private readonly lru: LRUCache<string, Held> | undefined;
  private readonly byTag = new Map<string, Set<string>>();
  /** Monotonic ms: an entry whose versions were read before `distrustAll` would be trusted until before then. */
  private trustedFrom = -Infinity;

  constructor(
    maxBytes: number,
    private readonly lifetime = new Lifetime(),
  ) {
    if (maxBytes <= 0) return;
    this.lru = new LRUCache<string, Held>({
      maxSize: maxBytes,
      maxEntrySize: Math.max(1, Math.floor(maxBytes / 8)),
      // Counted from the start: compressed variants, which come later and are smaller than the body, and the copy of
      // whichever is sent that the hot path keeps.
      sizeCalculation: sizeOf,
      dispose: (held, key) => this.unindex(key, held.entry.tags),
    });
  }

  /** Whether it keeps anything. */
  get enabled(): boolean {
    return this.lru !== undefined;
  }

  get bytes(): number {
    return this.lru?.calculatedSize ?? 0;
  }

  get size(): number {
    return this.lru?.size ?? 0;
  }

  get(key: string): Held | undefined {
    const held = this.lru?.get(key);
    if (held) this.lifetime.renew(held.entry);
    return held;
  }

  /** Keeps an entry. What was made of it here (compressed bodies) stays when it is kept already. */
  set(key: string, entry: Entry, freshUntil: number): Held {
    const until = freshUntil < this.trustedFrom ? 0 : freshUntil;
    const known = this.lru?.get(key);
    if (known && sameFill(known.entry, entry)) {
      known.freshUntil = Math.max(known.freshUntil, until);
      return known;
    }
    const held = hold(entry, until);
    if (!this.lru) return held;
    this.lru.set(key, held);
    if (this.lru.has(key)) {
      for (const tag of entry.tags) {
        let keys = this.byTag.get(tag);
        if (!keys) this.byTag.set(tag, (keys = new Set()));
        keys.add(key);
      }
    }
    return held;
  }

  /** From here on no entry with one of these tags is answered without a new look at its versions. */
  distrust(tags: Iterable<string>): void {
    for (const tag of tags) {
      for (const key of this.byTag.get(tag) ?? []) {
        const held = this.lru?.peek(key);
        if (held) held.freshUntil = 0;
      }
    }
  }

  /**
   * The same for all entries, also for those whose look-up is under way: what was checked before may have been missed by
   * this process.
   *
   * @param trustedFrom monotonic ms: how long an entry would be trusted if its versions were read now
   */
  distrustAll(trustedFrom: number): void {
    this.trustedFrom = trustedFrom;
    this.lru?.forEach((held) => {
      held.freshUntil = 0;
    });
  }

  delete(key: string): void {
    this.lru?.delete(key);
  }

  private unindex(key: string, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.byTag.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.byTag.delete(tag);
    }
  }
}
