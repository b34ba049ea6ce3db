import { randomUUID } from 'node:crypto';
import type { TagDrop } from '@prior/database';
import type { RedisSession } from '@prior/resilience';
import { DROP_TAGS, READ_FEED, READ_TAGS } from './scripts';

/** A version expires after this and is then simply made anew (all its entries become invalid), ms. */
const VERSION_TTL_MS = 3_600_000;
/** A pending drop happens at most this much later, ms. With L1's 400 ms it stays below the promise of 1 s. */
export const PENDING_MS = 500;

/** Drops that the feed keeps: a process that was away for longer begins anew. */
const FEED_LENGTH = 500;
/** A drop of more tags than this is not told one by one. */
export const MAX_TOLD = 500;

export interface TagVersion {
  readonly version: string;
  /** A list that is due to be dropped within 500 ms: good enough for everybody but the writer. */
  readonly pending: boolean;
}

/** The key of a tag. `{t}` puts all tags into one slot, so that one script can take many in Redis Cluster. */
export const tagKey = (generation: string, tag: string) => `{t}:${generation}:${tag}`;

/** The key of the feed, in the slot of the tags: one script changes both. */
const feedKey = (generation: string) => `{t}feed:${generation}`;

/** Reads the versions of `tags`, in their order, in one atomic step; missing ones are created. @throws RedisUnavailable */
export async function readTags(session: RedisSession, tags: readonly string[]): Promise<TagVersion[]> {
  const keys = tags.map((tag) => tagKey(session.generation, tag));
  const answer = await session.script(READ_TAGS, keys, [randomUUID(), String(VERSION_TTL_MS), String(PENDING_MS)]);
  return tags.map((_, i) => ({ version: String(answer[2 * i]), pending: answer[2 * i + 1] === 1 }));
}

/**
 * Gives every tag a new version, now or within `PENDING_MS`, in one atomic step. In a cluster it counts only if the
 * server was still the one that everybody asks AFTERWARDS: a deposed master goes on taking writes for a while.
 *
 * @throws RedisUnavailable when it is not known to have happened
 */
export async function dropTags(session: RedisSession, drops: readonly TagDrop[]): Promise<void> {
  if (drops.length === 0) return;
  const { generation } = session;
  const keys = [...drops.map(({ tag }) => tagKey(generation, tag)), feedKey(generation)];
  const limits = [VERSION_TTL_MS, PENDING_MS, FEED_LENGTH, MAX_TOLD].map(String);
  await session.script(DROP_TAGS, keys, [randomUUID(), ...limits, ...drops.map(({ when }) => when)]);
  await session.confirm();
}

/** A part of the feed: what was dropped since the reader's last look. */
export interface FeedPart {
  /** Where the next look goes on. */
  readonly last: string;
  /** In their order; undefined when some may be missing. `soon`: a drop is due within 500 ms. */
  readonly dropped: readonly { readonly tag: string; readonly version: string | 'soon' }[] | undefined;
}

/** @param last of the part before, empty for the first. @throws RedisUnavailable */
export async function readFeed(session: RedisSession, last: string): Promise<FeedPart> {
  const { generation } = session;
  const answer = await session.script(READ_FEED, [feedKey(generation)], [last, String(VERSION_TTL_MS)]);
  const newest = answer.at(-1)!;
  if (typeof newest === 'string') return { last: newest, dropped: undefined };
  const prefix = session.key(tagKey(generation, '')).length;
  const dropped = (answer as [string, string[]][]).slice(1).flatMap(([, news]) =>
    Array.from({ length: news.length / 2 }, (_, i) => ({
      tag: news[2 * i]!.slice(prefix),
      version: news[2 * i + 1]! || 'soon',
    })),
  );
  return { last: newest[0], dropped };
}
