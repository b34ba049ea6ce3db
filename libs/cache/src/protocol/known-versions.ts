import type { RedisSession } from '@prior/resilience';
import { readTags } from './tag-store';

/** A version, and when the request that read it was SENT (monotonic ms): it was current at some time after that. */
interface Known {
  readonly version: string;
  readonly sentAt: number;
  readonly generation: string;
}

interface Batch {
  readonly tags: Set<string>;
  readonly done: Promise<void>;
}

/** More tags than this are not remembered; the oldest are forgotten. */
const MAX_KNOWN = 50_000;

/**
 * What this process knows of tags' versions. Many entries share few tags (`products`, `category-tree`), so one small
 * question every few hundred ms keeps thousands of L1 entries checked; questions of the same tick are sent as one.
 */
export class KnownVersions {
  private readonly known = new Map<string, Known>();
  private batch: Batch | undefined;
  /** Monotonic ms: answers to questions from before then are not believed any more. */
  private notBefore = -Infinity;

  constructor(
    private readonly session: () => RedisSession | undefined,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Until when (monotonic ms) these versions may be taken as current; 0 when not known, -1 when one has changed. */
  currentUntil(tags: readonly string[], versions: readonly string[], maxAgeMs: number): number {
    const generation = this.session()?.generation;
    let oldest = Infinity;
    for (let i = 0; i < tags.length; i += 1) {
      const known = this.known.get(tags[i]!);
      if (!known || known.generation !== generation) oldest = -Infinity;
      else if (known.version !== versions[i]) return -1;
      else if (known.sentAt < oldest) oldest = known.sentAt;
    }
    return oldest === -Infinity ? 0 : oldest + maxAgeMs;
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
  learn(session: RedisSession, tags: readonly string[], versions: readonly string[], sentAt: number): void {
    if (sentAt < this.notBefore) return;
    for (let i = 0; i < tags.length; i += 1) {
      const tag = tags[i]!;
      const known = this.known.get(tag);
      // An answer that overtook a later question must not bring an older version back.
      if (known && known.generation === session.generation && known.sentAt > sentAt) continue;
      this.known.delete(tag);
      this.known.set(tag, { version: versions[i]!, sentAt, generation: session.generation });
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

  /** Nor is anything believed that is under way: it was read before, whenever it arrives. */
  forgetAll(): void {
    this.known.clear();
    this.notBefore = this.clock();
  }

  private async send(wanted: ReadonlySet<string>): Promise<void> {
    this.batch = undefined;
    const session = this.session();
    if (!session) return;
    const tags = [...wanted];
    const sentAt = this.clock();
    const versions = await readTags(session, tags);
    this.learn(session, tags, versions.map((v) => v.version), sentAt); // prettier-ignore
  }
}
