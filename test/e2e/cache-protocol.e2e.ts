import { setTimeout as sleep } from 'node:timers/promises';
import { now, soon } from '../../libs/database/src/events';
import { RedisConnection, type RedisSession } from '@prior/resilience';
import { LeaderLease } from '../../libs/cache/src/follower/leader-lease';
import { KnownVersions } from '../../libs/cache/src/protocol/known-versions';
import { Lease } from '../../libs/cache/src/protocol/lease';
import { DropFeed } from '../../libs/cache/src/protocol/drop-feed';
import {
  dropTags,
  FEED_LENGTH,
  MAX_TOLD,
  PENDING_MS,
  publishedOf,
  readFeed,
  readTags,
  tagKey,
  writeCovered,
} from '../../libs/cache/src/protocol/tag-store';
import { Lifetime } from '../../libs/cache/src/tiers/lifetime';
import { getStack } from '../support/stack';

/** The Redis scripts alone, on a real Redis. */
describe('cache protocol in Redis', () => {
  let redis: RedisConnection;
  let session: RedisSession;
  let serial = 0;
  const fresh = () => `t${process.pid}-${(serial += 1)}`;
  const version = async (tag: string) => (await readTags(session, [tag]))[0]!;

  beforeAll(async () => {
    redis = new RedisConnection({ url: getStack().redisUrl, namespace: 'protocol', commandTimeoutMs: 2_000 });
    await redis.start();
    session = redis.session()!;
  });
  afterAll(() => redis.stop());

  it('makes a missing tag once: every reader reports the same version', async () => {
    const tag = fresh();
    const seen = await Promise.all(Array.from({ length: 20 }, () => version(tag)));
    expect(new Set(seen.map((v) => v.version)).size).toBe(1);
  });

  it('gives distinct versions to tags that are made together', async () => {
    const [a, b] = await readTags(session, [fresh(), fresh()]);
    expect(a!.version).not.toBe(b!.version);
  });

  it('drops now: a new version at once, others untouched', async () => {
    const [tag, other] = [fresh(), fresh()];
    const [before, beside] = await readTags(session, [tag, other]);
    await dropTags(session, now(tag));
    const [after, still] = await readTags(session, [tag, other]);
    expect(after!.version).not.toBe(before!.version);
    expect(still!.version).toBe(beside!.version);
  });

  it('drops soon: pending at once, a new version when the time has come, by the reader itself', async () => {
    const tag = fresh();
    const before = await version(tag);
    await dropTags(session, soon(tag));
    expect(await version(tag)).toEqual({ version: before.version, pending: true });
    await new Promise((resolve) => setTimeout(resolve, PENDING_MS + 50));
    const after = await version(tag);
    expect(after.version).not.toBe(before.version);
    expect(after.pending).toBe(false);
  });

  it('does not postpone a pending drop, however many follow', async () => {
    const tag = fresh();
    const before = await version(tag);
    const end = Date.now() + PENDING_MS + 100;
    while (Date.now() < end) {
      await dropTags(session, soon(tag));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await version(tag)).version).not.toBe(before.version);
  });

  it('forgets a pending drop when the tag is dropped now', async () => {
    const tag = fresh();
    await version(tag);
    await dropTags(session, soon(tag));
    await dropTags(session, now(tag));
    expect((await version(tag)).pending).toBe(false);
  });

  it('keeps version and pending mark in one key that expires', async () => {
    const tag = fresh();
    await version(tag);
    await dropTags(session, soon(tag));
    const key = tagKey(session.generation, tag);
    const [fields, ttl] = await session.command('look', (client) =>
      Promise.all([client.hKeys(key), client.pTTL(key)]),
    );
    expect(fields.sort()).toEqual(['d', 'v']);
    expect(ttl).toBeGreaterThan(0);
  });

  it('lends a lease to one owner, per key and versions, and only the owner gives it back', async () => {
    const key = fresh();
    const [mine, other, elsewhere] = [
      new Lease(session, key, ['1']),
      new Lease(session, key, ['1']),
      new Lease(session, key, ['2']),
    ];
    expect(await mine.take()).toBe('first');
    expect(await other.take()).toBe('theirs');
    expect(await elsewhere.take()).toBe('first');
    await other.release();
    expect(await other.take()).toBe('theirs');
    await mine.release();
    expect(await other.take()).toBe('first');
  });

  it('says with the lease whether an earlier owner has stored something', async () => {
    const key = fresh();
    const [first, second, third] = [1, 2, 3].map(() => new Lease(session, key, ['1'])) as [
      Lease,
      Lease,
      Lease,
    ];
    expect(await first.take()).toBe('first');
    await first.release({ filled: true });
    expect(await second.take()).toBe('mine');
    await second.release();
    expect(await third.take()).toBe('first');
    await second.release({ filled: true });
    expect(await third.take()).toBe('first');
  });

  it("gives the follower's lease to the next as soon as it is given back", async () => {
    const [first, second] = [new LeaderLease(session, 'a'), new LeaderLease(session, 'b')];
    expect([await first.take(), await second.take()]).toEqual([true, false]);
    await first.release();
    expect(await second.take()).toBe(true);
    await second.release();
  });

  it('hands all commands of a turn of the loop to the socket, however large they are', async () => {
    const key = fresh();
    const large = 'x'.repeat(20_000);
    let turns = 0;
    // Each turn takes so long that Redis has answered what it was sent in the one before.
    const busy = () => {
      turns += 1;
      for (const end = performance.now() + 5; performance.now() < end;);
      next = setImmediate(busy);
    };
    let next = setImmediate(busy);
    const store = (_: unknown, i: number) =>
      session.command('store', (client) => client.set(`${key}${i}`, large));
    await Promise.all(Array.from({ length: 20 }, store));
    clearImmediate(next);
    expect(turns).toBeLessThan(10);
  });

  describe('the feed of drops', () => {
    const begin = async () => (await readFeed(session, '')).last;

    it('tells what was dropped since, and how, in order', async () => {
      const [a, b, c] = [fresh(), fresh(), fresh()];
      await readTags(session, [a, b, c]);
      const last = await begin();
      await dropTags(session, [...now(a), ...soon(b)]);
      await dropTags(session, [...soon(b), ...now(c)]);
      const part = await readFeed(session, last);
      const told = part.dropped!.filter(({ tag }) => [a, b, c].includes(tag));
      const version = async (tag: string) => (await readTags(session, [tag]))[0]!.version;
      expect(told).toEqual([
        { tag: a, version: await version(a) },
        // The first pending drop keeps its time: a second mark is no news.
        { tag: b, version: 'soon' },
        { tag: c, version: await version(c) },
      ]);
      expect(part.last).not.toBe(last);
    });

    it('drops at once what Redis has forgotten: processes may still know it', async () => {
      const tag = fresh();
      const last = await begin();
      await dropTags(session, soon(tag));
      const after = await version(tag);
      expect((await readFeed(session, last)).dropped).toContainEqual({ tag, version: after.version });
      expect(after.pending).toBe(false);
    });

    it.each([
      ['too many tags were dropped at once', MAX_TOLD + 1, 1],
      ['so many drops came that the one before is forgotten', 1, FEED_LENGTH],
    ])('begins anew when %s', async (_, tags, times) => {
      const last = await begin();
      await dropTags(session, now(fresh()));
      for (let i = 0; i < times; i += 1)
        await dropTags(session, Array.from({ length: tags }, () => now(fresh())).flat());
      expect(await readFeed(session, last)).toMatchObject({ dropped: undefined });
      expect(await begin()).not.toBe('');
    });

    it('proves what a process knows, and tells it what another has dropped', async () => {
      const known = new KnownVersions(() => session);
      const dropped: string[][] = [];
      const lifetime = new Lifetime(600_000);
      const onDropped = (tags: readonly string[]) => void dropped.push([...tags]);
      const feed = new DropFeed(() => session, known, lifetime, { onDropped });
      const [kept, changed] = [fresh(), fresh()];
      await feed.look();
      await known.refresh([kept, changed]);
      await feed.look();
      const [a, b] = await readTags(session, [kept, changed]);
      await sleep(20);
      await dropTags(session, [...now(changed), ...soon(kept)]);
      const before = performance.now();
      await feed.look();
      expect(known.currentUntil([changed], [b!.version], 400)).toBe(-1);
      expect(known.currentUntil([kept], [a!.version], 400)).toBeLessThan(before + 400);
      expect(dropped.flat()).toContain(changed);
      expect(dropped.flat()).not.toContain(kept);
    });

    it('says how far the follower is', async () => {
      const part = await readFeed(session, '');
      expect(part.covered).toBe(-Infinity);
      await writeCovered(session, 1_234_567);
      expect(await readFeed(session, part.last)).toMatchObject({ covered: 1_234_567 });
    });
  });

  it('marks rows of the outbox with the drop of their tags', async () => {
    const row = (id: number, tag: string) => ({ id, drops: now(tag) });
    const [tag, other] = [fresh(), fresh()];
    await dropTags(session, now(tag), [row(7, tag)]);
    const asked = [row(7, tag), row(8, tag), row(7, other)];
    expect([...(await publishedOf(session, asked))]).toEqual([asked[0]]);
  });

  describe('what a process knows of versions', () => {
    it('is current for a while after the question was SENT, and asks once for a whole tick', async () => {
      let clock = 0;
      const known = new KnownVersions(
        () => session,
        () => clock,
      );
      const [a, b] = [fresh(), fresh()];
      expect(known.currentUntil([a], ['?'], 400)).toBe(0);
      const both = Promise.all([known.refresh([a]), known.refresh([b])]);
      await Promise.resolve();
      clock = 300; // the answer takes its time; the age counts from the sending
      await both;
      const versions = (await readTags(session, [a, b])).map((v) => v.version);
      expect(known.currentUntil([a, b], versions, 400)).toBe(400);
      expect(known.currentUntil([a, b], ['?', versions[1]!], 400)).toBe(-1);
    });

    it('is worth nothing for another life of Redis', async () => {
      let current: RedisSession | undefined = session;
      const known = new KnownVersions(() => current);
      const tag = fresh();
      await known.refresh([tag]);
      const { version: v } = await version(tag);
      expect(known.currentUntil([tag], [v], 400)).toBeGreaterThan(0);
      current = undefined;
      expect(known.currentUntil([tag], [v], 400)).toBe(0);
    });

    it('never goes back to an answer that was sent earlier', async () => {
      const known = new KnownVersions(() => session);
      known.learn(session, ['x'], [{ version: 'new', pending: false }], 200);
      known.learn(session, ['x'], [{ version: 'old', pending: false }], 100);
      expect(known.currentUntil(['x'], ['new'], 400)).toBe(600);
    });
  });
});
