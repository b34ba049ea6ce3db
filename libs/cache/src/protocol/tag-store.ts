import { hash, randomUUID } from 'node:crypto';
import { encodeDrops, type OutboxRow, type TagDrop } from '@prior/database';
import type { RedisSession } from '@prior/resilience';
import { DROP_TAGS, READ_FEED, READ_TAGS } from './scripts';

/** A version expires after this and is then simply made anew (all its entries become invalid), ms. */
const VERSION_TTL_MS = 3_600_000;
/** A pending drop happens at most this much later, ms. With L1's 400 ms it stays below the promise of 1 s. */
export const PENDING_MS = 500;

/** Drops that the feed keeps: a process that was away for longer begins anew. */
export const FEED_LENGTH = 500;
/** For so long a drain believes that a row of the outbox was published and only its deletion is late, ms. */
const MARK_MS = 10_000;
/** A drop of more tags than this is not told one by one. */
export const MAX_TOLD = 100;

export interface TagVersion {
  readonly version: string;
  /** A list that is due to be dropped within 500 ms: good enough for everybody but the writer. */
  readonly pending: boolean;
}

/** The key of a tag. `{t}` puts all tags into one slot, so that one script can take many in Redis Cluster. */
export const tagKey = (generation: string, tag: string) => `{t}:${generation}:${tag}`;

/** The key of the feed, in the slot of the tags: one script changes both. */
const feedKey = (generation: string) => `{t}feed:${generation}`;

/** Says that an outbox row was published. In their slot as well. With its tags: a lost primary's ids may come again. */
const markKey = (generation: string, { id, drops }: OutboxRow) =>
  `{t}row:${generation}:${id}:${hash('sha1', encodeDrops(drops), 'base64url')}`;

/** Up to when all that the follower heard is published, wall clock ms. In their slot as well. */
const coveredKey = (generation: string) => `{t}covered:${generation}`;

/** Reads the versions of `tags`, in their order, in one atomic step; missing ones are created. @throws RedisUnavailable */
export async function readTags(session: RedisSession, tags: readonly string[]): Promise<TagVersion[]> {
  const keys = tags.map((tag) => tagKey(session.generation, tag));
  const answer = await session.script(READ_TAGS, keys, [
    randomUUID(),
    String(VERSION_TTL_MS),
    String(PENDING_MS),
  ]);
  return tags.map((_, i) => ({ version: String(answer[2 * i]), pending: answer[2 * i + 1] === 1 }));
}

/**
 * Gives every tag a new version, now or within `PENDING_MS`, in one atomic step. In a cluster it counts only if the
 * server was still the one that everybody asks AFTERWARDS: a deposed master goes on taking writes for a while.
 *
 * @param rows of the outbox that say so: in the same step they are marked as published
 * @throws RedisUnavailable when it is not known to have happened
 */
export async function dropTags(
  session: RedisSession,
  drops: readonly TagDrop[],
  rows: readonly OutboxRow[] = [],
): Promise<void> {
  if (drops.length === 0) return;
  const { generation } = session;
  const tags = drops.map(({ tag }) => tagKey(generation, tag));
  const keys = [...tags, feedKey(generation), ...rows.map((row) => markKey(generation, row))];
  const limits = [VERSION_TTL_MS, PENDING_MS, FEED_LENGTH, MAX_TOLD, MARK_MS].map(String);
  await session.script(DROP_TAGS, keys, [randomUUID(), ...limits, ...drops.map(({ when }) => when)]);
  await session.confirm();
}

/** Which of these outbox rows are published, in this life of Redis, and wait for their deletion. @throws RedisUnavailable */
export async function publishedOf(
  session: RedisSession,
  rows: readonly OutboxRow[],
): Promise<Set<OutboxRow>> {
  const keys = rows.map((row) => session.key(markKey(session.generation, row)));
  const marks = await session.command('rows.read', (client) => client.mGet(keys));
  await session.confirm();
  return new Set(rows.filter((_, i) => marks[i] !== null));
}

/** A part of the feed: what was dropped since the reader's last look. */
export interface FeedPart {
  /** Wall clock ms: what writers outside the API committed before then was published. -Infinity when nobody says so. */
  readonly covered: number;
  /** Where the next look goes on. */
  readonly last: string;
  /** In their order; undefined when some may be missing. `soon`: a drop is due within 500 ms. */
  readonly dropped: readonly { readonly tag: string; readonly version: string | 'soon' }[] | undefined;
}

/** @param last of the part before, empty for the first. @throws RedisUnavailable */
export async function readFeed(session: RedisSession, last: string): Promise<FeedPart> {
  const { generation } = session;
  const keys = [feedKey(generation), coveredKey(generation)];
  const [until, news] = await session.script(READ_FEED, keys, [last, String(VERSION_TTL_MS)]);
  const covered = until === '' ? -Infinity : Number(until);
  if (typeof news === 'string') return { covered, last: news, dropped: undefined };
  const prefix = session.key(tagKey(generation, '')).length;
  const dropped = news.slice(1).flatMap(([, pairs]) =>
    Array.from({ length: pairs.length / 2 }, (_, i) => ({
      tag: pairs[2 * i]!.slice(prefix),
      version: pairs[2 * i + 1]! || 'soon',
    })),
  );
  return { covered, last: news.at(-1)![0], dropped };
}

/**
 * The follower has published whatever others committed before `untilMs`.
 *
 * @param untilMs wall clock ms
 * @throws RedisUnavailable
 */
export async function writeCovered(session: RedisSession, untilMs: number): Promise<void> {
  const key = session.key(coveredKey(session.generation));
  await session.command('covered.write', (client) =>
    client.set(key, String(untilMs), { PX: VERSION_TTL_MS }),
  );
}
