import { metrics } from '@prior/telemetry';
import type { RedisConnection, RedisSession } from '@prior/resilience';
import type { KnownVersions } from '../protocol/known-versions';
import { Lease, LeaseAhead } from '../protocol/lease';
import { readTags } from '../protocol/tag-store';
import { type Entry, entryKey, fromStored, sameVersions, type StoredEntry, toStored } from '../tiers/entry';
import { Lifetime } from '../tiers/lifetime';
import { KNOWN_STAMP_MS, L1_TRUST_MS } from './trust';

/** The tags' versions at some moment after `sentAt`, and the session they belong to: the stamp V0 of a load. */
export interface Stamp {
  readonly session: RedisSession;
  readonly versions: readonly string[];
  /** A list tag is due to be dropped within 500 ms. */
  readonly pending: boolean;
  /** Monotonic ms, from before the question was sent. */
  readonly sentAt: number;
  /** The same moment by the wall clock, ms: comparable with what other processes have stored. */
  readonly lookedAt: number;
}

export interface Look {
  /** Undefined while Redis is away: then nothing can be stored either. */
  readonly stamp?: Stamp;
  /** Valid: its versions are the current ones. */
  readonly entry?: Entry;
  /** Found, but its tags have moved on: for nothing but `stale-if-error`. */
  readonly outdated?: Entry;
  /** Of a look for whoever is going to load what it does not find: the right to do so, under its stamp. */
  readonly lease?: LeaseAhead;
}

/** The part of the EntryStore that is used. */
export interface EntryCache {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttlMs?: number): Promise<unknown>;
}

const count = (outcome: 'stored' | 'raced' | 'failed'): void => metrics.cache.fills.inc(outcome);
const failed = (): undefined => void count('failed');

/** The tier in Redis. Whatever fails here is as if nothing had been found. */
export class SecondTier {
  constructor(
    private readonly redis: RedisConnection,
    private readonly entries: EntryCache,
    private readonly known: KnownVersions,
    private readonly keepAfterExpiryMs: number,
    private readonly lifetime = new Lifetime(),
    private readonly ignoreVersions = false,
  ) {}

  /**
   * Reads the entry, and the versions that decide whether it is valid: those that this process knows to have been current
   * a moment ago, else in the same round trip those of now. Never rejects.
   *
   * @param sure reads the versions of now, and believes Redis only if it was still the right server after this call (see
   *   `RedisSession.confirm`)
   * @param asOfNow reads the versions of now
   * @param toLoad for whoever hardly expects to find it, and is going to load it: where its versions are known, one step
   *   says that there is nothing and takes the lease, which has to be used or dropped
   */
  async look(
    key: string,
    tags: readonly string[],
    { sure = false, asOfNow = false, toLoad = false } = {},
  ): Promise<Look> {
    const session = this.redis.session();
    if (!session) return {};
    try {
      const known = sure || asOfNow ? undefined : this.knownStamp(session, tags);
      if (toLoad && known) {
        const lease = new Lease(session, entryKey(session.generation, key), known.versions);
        const lot = await lease.takeUnlessStored();
        if (lot === 'mine') return { stamp: known, lease: new LeaseAhead(lease) };
        if (lot === 'theirs') return { stamp: known };
      }
      // Sent entry first: what was stored after the versions were read cannot be matched with them by mistake.
      const [stored, stamp] = await Promise.all([
        this.entries.get(entryKey(session.generation, key)) as Promise<StoredEntry | undefined>,
        known ?? this.stamp(session, tags),
        sure && session.confirm(),
      ]);
      if (!stored) return { stamp };
      const entry = fromStored(stored);
      this.lifetime.renew(entry);
      if (sameVersions(entry.versions, stamp.versions) || this.ignoreVersions) return { stamp, entry };
      if (!known) return { stamp, outdated: entry };
      // Whoever stored it may know of a drop that has not been heard of here, or of a tag that was forgotten and made anew.
      const now = await this.stamp(session, tags);
      const valid = sameVersions(entry.versions, now.versions);
      return valid ? { stamp: now, entry } : { stamp: now, outdated: entry };
    } catch {
      return {};
    }
  }

  /** The versions of now. @throws RedisUnavailable */
  async stamp(session: RedisSession, tags: readonly string[]): Promise<Stamp> {
    const sentAt = performance.now();
    const lookedAt = Date.now();
    const read = await readTags(session, tags);
    const versions = read.map(({ version }) => version);
    this.known.learn(session, tags, read, sentAt);
    return { session, versions, pending: read.some(({ pending }) => pending), sentAt, lookedAt };
  }

  /** An older stamp is as good as one of now: what its load reads comes later still. */
  private knownStamp(session: RedisSession, tags: readonly string[]): Stamp | undefined {
    // There the second is used up: 400 ms for who the master is, and 400 ms in L1.
    if (session.canBeReplaced) return undefined;
    const known = this.known.stampOf(session, tags, KNOWN_STAMP_MS);
    if (!known) return undefined;
    const lookedAt = Date.now() - (performance.now() - known.sentAt);
    return { session, ...known, pending: false, lookedAt };
  }

  /**
   * Stores a fill. One whose stamp is outdated by now is stored in vain: it carries its old versions and is invalid by
   * itself (race R1). To compare first would only keep it from pushing out a valid entry, which is rare, and would cost
   * every fill a round trip more.
   *
   * @returns until when the entry may be answered alone, monotonic ms; undefined when its versions have changed. Where it
   *   is known already, this does not wait for Redis, which has been told by then
   * @param onLost called when it has not come to Redis although nobody waited for it
   */
  fill(
    key: string,
    entry: Entry,
    { session }: Stamp,
    onLost: () => void = () => undefined,
  ): number | Promise<number | undefined> {
    const until = entry.storedAt + this.lifetime.longestMs(entry) + this.keepAfterExpiryMs;
    const keepMs = Math.max(1, until - Date.now());
    const storing = this.entries.set(entryKey(session.generation, key), toStored(entry), keepMs);
    const known = session.canBeReplaced ? 0 : this.trustedUntil(entry);
    if (known > performance.now()) {
      storing.then(
        () => count('stored'),
        () => (failed(), onLost()),
      );
      return known;
    }
    return this.proven(entry, Promise.all([storing, this.stamp(session, entry.tags)]));
  }

  private async proven(entry: Entry, asked: Promise<unknown>): Promise<number | undefined> {
    try {
      await asked;
      const trusted = this.ignoreVersions ? performance.now() + L1_TRUST_MS : this.trustedUntil(entry);
      const raced = trusted < 0;
      count(raced ? 'raced' : 'stored');
      return raced ? undefined : trusted;
    } catch {
      return failed();
    }
  }

  /** 0 when it is not known how it stands with the entry's versions, negative when they have changed. */
  private trustedUntil({ tags, versions }: Entry): number {
    return this.known.currentUntil(tags, versions, L1_TRUST_MS);
  }
}
