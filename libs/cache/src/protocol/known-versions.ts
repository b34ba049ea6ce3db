import type { RedisSession } from '@prior/resilience';
import { type FeedPart, readTags, type TagVersion } from './tag-store';

/** A version, and when the request that read it was SENT (monotonic ms): it was current at some time after that. */
interface Known {
  readonly version: string;
  readonly sentAt: number;
  readonly generation: string;
  /** Whether the feed would tell of its end. */
  readonly fed: boolean;
}

/** What the feed has told without a gap. Monotonic ms. */
interface Fed {
  readonly session: RedisSession;
  /** It includes every drop since: what was read after it is current unless the feed says otherwise. */
  readonly from: number;
  /** When its last part was asked for. */
  readonly until: number;
}

interface Batch {
  readonly tags: Set<string>;
  readonly done: Promise<void>;
}

/** More tags than this are not remembered; the oldest are forgotten. */
const MAX_KNOWN = 50_000;

/**
 * What this process knows of tags' versions. Redis keeps a feed of what is dropped, so a version that was read once stays
 * known: one look at the feed proves that of all of them. Those that it cannot prove are asked for; questions of the same
 * tick are sent as one.
 *
 * Both use one connection, which answers in order; but who waits for several answers hears of a read late. So a look
 * proves nothing of a read that was sent before an earlier look, and came to be known behind it.
 */
export class KnownVersions {
  private readonly known = new Map<string, Known>();
  private batch: Batch | undefined;
  private fed: Fed | undefined;
  /** Monotonic ms: what was asked before then, and nothing has proven since, is not believed any more. */
  private notBefore = -Infinity;

  constructor(
    private readonly session: () => RedisSession | undefined,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Until when (monotonic ms) these versions may be taken as current; 0 when not known, -1 when one has changed. */
  currentUntil(tags: readonly string[], versions: readonly string[], maxAgeMs: number): number {
    const session = this.session();
    let oldest = Infinity;
    for (let i = 0; i < tags.length; i += 1) {
      const known = this.knownIn(session, tags[i]!);
      if (known && known.version !== versions[i]) return -1;
      oldest = Math.min(oldest, known ? this.currentAt(known, session) : -Infinity);
    }
    return oldest === -Infinity ? 0 : oldest + maxAgeMs;
  }

  /**
   * The versions of these tags as far as they are known in this life of Redis: a stamp that costs nothing.
   *
   * @returns undefined when one is not known, or when all were current together longer ago than `maxAgeMs`. `sentAt`:
   *   monotonic ms of that moment
   */
  stampOf(
    session: RedisSession,
    tags: readonly string[],
    maxAgeMs: number,
  ): { readonly versions: readonly string[]; readonly sentAt: number } | undefined {
    let oldest = Infinity;
    const versions: string[] = [];
    for (const tag of tags) {
      const known = this.knownIn(session, tag);
      // Without the feed's word a drop may be pending, which only reading tells.
      if (!known?.fed) return undefined;
      versions.push(known.version);
      oldest = Math.min(oldest, this.currentAt(known, session));
    }
    return this.clock() - oldest <= maxAgeMs ? { versions, sentAt: oldest } : undefined;
  }

  private knownIn(session: RedisSession | undefined, tag: string): Known | undefined {
    const known = this.known.get(tag);
    return known && known.generation === session?.generation ? known : undefined;
  }

  /** When this version was last known to be current, monotonic ms; -Infinity when that is not believed any more. */
  private currentAt({ sentAt, fed }: Known, session: RedisSession | undefined): number {
    const part = this.fed?.session === session ? this.fed : undefined;
    const proven = part && fed && sentAt >= part.from && part.until > sentAt;
    const at = proven ? part.until : sentAt;
    return at >= this.notBefore ? at : -Infinity;
  }

  /**
   * The next part of the feed: what it does not name is as it was.
   *
   * @param sentAt monotonic ms, from before it was asked for
   */
  hear(session: RedisSession, { dropped }: FeedPart, sentAt: number): void {
    const before = dropped !== undefined && this.fed?.session === session ? this.fed : undefined;
    this.fed = { session, from: before?.from ?? this.clock(), until: sentAt };
    for (const [tag, { version, pending }] of lastOf(dropped ?? [])) {
      const known = this.known.get(tag);
      if (!known || known.generation !== session.generation) continue;
      const same = version === undefined || version === known.version;
      // A pending drop happens when somebody reads the tag, and no feed tells that: such a tag has to be read.
      if (same) this.known.set(tag, { ...known, fed: known.fed && !pending });
      else if (before && known.sentAt < before.until)
        this.known.set(tag, { ...known, version, sentAt, fed: !pending });
      // Read since the last look: which of the two is the newer one, nobody can tell.
      else this.known.delete(tag);
    }
  }

  /** Asks Redis about these tags, together with whoever else asks in this tick. @throws RedisUnavailable */
  async refresh(tags: readonly string[]): Promise<void> {
    if (!this.batch) {
      const wanted = new Set<string>();
      // A microtask later all of this tick's questions are known; they are sent after every one of these calls.
      this.batch = { tags: wanted, done: Promise.resolve().then(() => this.send(wanted)) };
    }
    for (const tag of tags) this.batch.tags.add(tag);
    await this.batch.done;
  }

  /** What was read elsewhere is known here too. @param sentAt monotonic ms, from before the request was sent */
  learn(
    session: RedisSession,
    tags: readonly string[],
    versions: readonly TagVersion[],
    sentAt: number,
  ): void {
    if (sentAt < this.notBefore) return;
    const overtaken = this.fed?.session === session && sentAt < this.fed.until;
    for (let i = 0; i < tags.length; i += 1) {
      const tag = tags[i]!;
      const known = this.known.get(tag);
      // An answer that overtook a later question must not bring an older version back.
      if (known && known.generation === session.generation && known.sentAt > sentAt) continue;
      this.known.delete(tag);
      const { version, pending } = versions[i]!;
      this.known.set(tag, { version, sentAt, generation: session.generation, fed: !pending && !overtaken });
    }
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MAX_KNOWN) break;
      this.known.delete(oldest);
    }
  }

  /** These tags were dropped: what is known of them is worth nothing. */
  forget(tags: Iterable<string>): void {
    for (const tag of tags) this.known.delete(tag);
  }

  /**
   * Nothing that is known by now is believed until it is read again, or proven by a look at the feed that is sent from
   * now on; nor is what is under way: it was read before, whenever it arrives.
   */
  distrustAll(): void {
    this.notBefore = this.clock();
  }

  private async send(wanted: ReadonlySet<string>): Promise<void> {
    this.batch = undefined;
    const session = this.session();
    if (!session) return;
    const tags = [...wanted];
    const sentAt = this.clock();
    this.learn(session, tags, await readTags(session, tags), sentAt);
  }
}

/** What became of each tag, in the end. No version: only a drop is pending. */
function lastOf(
  dropped: NonNullable<FeedPart['dropped']>,
): Map<string, { version?: string; pending: boolean }> {
  const last = new Map<string, { version?: string; pending: boolean }>();
  for (const { tag, version } of dropped) {
    const pending = version === 'soon';
    last.set(tag, pending ? { ...last.get(tag), pending } : { version, pending });
  }
  return last;
}
