import { metrics } from '@prior/telemetry';
import type { RedisConnection, RedisSession } from '@prior/resilience';
import type { KnownVersions } from '../protocol/known-versions';
import { readTags } from '../protocol/tag-store';
import { type Entry, entryKey, fromStored, sameVersions, type StoredEntry, toStored } from '../tiers/entry';
import { Lifetime } from '../tiers/lifetime';

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
}

/** The part of cache-manager's `Cache` that holds the entries. */
export interface EntryCache {
  get<T>(key: string): Promise<T | undefined>;
  set<T>(key: string, value: T, ttlMs?: number): Promise<T>;
}

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
   * Reads the entry and, in the same round trip, the versions that decide whether it is valid. Never rejects.
   *
   * @param sure believes Redis only if it was still the right server after this call (see `RedisSession.confirm`)
   */
  async look(key: string, tags: readonly string[], { sure = false } = {}): Promise<Look> {
    const session = this.redis.session();
    if (!session) return {};
    try {
      const sentAt = performance.now();
      const lookedAt = Date.now();
      // Sent entry first: what was stored after the versions were read cannot be matched with them by mistake.
      const [stored, read] = await Promise.all([
        this.entries.get<StoredEntry>(entryKey(session.generation, key)),
        readTags(session, tags),
        sure && session.confirm(),
      ]);
      const versions = read.map(({ version }) => version);
      this.known.learn(session, tags, read, sentAt);
      const stamp = { session, versions, pending: read.some(({ pending }) => pending), sentAt, lookedAt };
      if (!stored) return { stamp };
      const entry = fromStored(stored);
      this.lifetime.renew(entry);
      const valid = sameVersions(entry.versions, versions) || this.ignoreVersions;
      return valid ? { stamp, entry } : { stamp, outdated: entry };
    } catch {
      return {};
    }
  }

  /** A stamp alone. @throws RedisUnavailable */
  async stamp(session: RedisSession, tags: readonly string[]): Promise<Stamp> {
    const sentAt = performance.now();
    const lookedAt = Date.now();
    const read = await readTags(session, tags);
    const versions = read.map(({ version }) => version);
    this.known.learn(session, tags, read, sentAt);
    return { session, versions, pending: read.some(({ pending }) => pending), sentAt, lookedAt };
  }

  /**
   * Stores a fill. One whose stamp is outdated by now is stored in vain: it carries its old versions and is invalid by
   * itself (race R1). To compare first would only keep it from pushing out a valid entry, which is rare, and would cost
   * every fill a round trip more.
   *
   * @returns a stamp from the same moment when the entry was still valid then, undefined when not
   */
  async fill(key: string, entry: Entry, stamp: Stamp): Promise<Stamp | undefined> {
    const { session } = stamp;
    const until = entry.storedAt + this.lifetime.longestMs(entry) + this.keepAfterExpiryMs;
    const keepMs = Math.max(1, until - Date.now());
    try {
      const [now] = await Promise.all([
        this.stamp(session, entry.tags),
        this.entries.set(entryKey(session.generation, key), toStored(entry), keepMs),
      ]);
      const valid = sameVersions(now.versions, entry.versions) || this.ignoreVersions;
      metrics.cache.fills.inc(valid ? 'stored' : 'raced');
      return valid ? now : undefined;
    } catch {
      metrics.cache.fills.inc('failed');
      return undefined;
    }
  }
}
