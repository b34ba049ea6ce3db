import type { RedisConnection, RedisSession } from '@prior/resilience';
import { KnownVersions } from '../protocol/known-versions';
import { entryKey, toStored } from '../tiers/entry';
import { type EntryCache, SecondTier } from './second-tier';
import { type Loaded, unsharedEntry } from './types';

const TAGS = ['a'];
const loaded: Loaded = {
  status: 200,
  body: Buffer.from('{}'),
  contentType: 'application/json',
  etag: '"e"',
  headers: {},
  ttlS: 30,
};
const entryOf = (version: string) => ({
  ...unsharedEntry(loaded),
  tags: TAGS,
  versions: [version],
  lifeMs: 30_000,
});

/** Redis with one tag, whose version it says when it is asked for; the feed has told of `v1`. */
function redis(version: string, lot = 2) {
  const asked: string[] = [];
  const session = {
    generation: 'g',
    key: (key: string) => key,
    confirm: async () => undefined,
    script: async ({ name }: { name: string }) => {
      asked.push(name);
      return [version, 0];
    },
    scriptOf: async ({ name }: { name: string }, onWhat: () => { keys: string[] }) => {
      asked.push(name);
      return [stored.has(onWhat().keys[1]!) ? 3 : lot];
    },
  } as unknown as RedisSession;
  const stored = new Map<string, unknown>();
  const entries = {
    get: async (key: string) => stored.get(key),
    set: async (key: string, value: unknown) => void stored.set(key, value),
  } as EntryCache;
  const connection = { session: () => session } as unknown as RedisConnection;
  const known = new KnownVersions(() => session);
  const part = (dropped?: []) => ({ covered: 0, last: 'x', dropped });
  known.hear(session, part(), performance.now() - 2);
  known.learn(session, TAGS, [{ version: 'v1', pending: false }], performance.now());
  const l2 = new SecondTier(connection, entries, known, 0);
  const store = (from: string) => stored.set(entryKey('g', 'k'), toStored(entryOf(from)));
  return { l2, asked, known, session, store };
}

describe('a look', () => {
  it('asks for no version that is known', async () => {
    const { l2, asked, store } = redis('v1');
    expect(await l2.look('k', TAGS)).toMatchObject({ stamp: { versions: ['v1'] } });
    store('v1');
    expect(await l2.look('k', TAGS)).toMatchObject({ entry: { versions: ['v1'] } });
    expect(asked).toEqual([]);
  });

  it('asks when what it finds says otherwise: here nobody has heard of that drop yet', async () => {
    const { l2, asked, store } = redis('v2');
    store('v2');
    expect(await l2.look('k', TAGS)).toMatchObject({ stamp: { versions: ['v2'] }, entry: { etag: '"e"' } });
    store('v1');
    expect(await l2.look('k', TAGS)).toMatchObject({ stamp: { versions: ['v2'] }, outdated: {} });
    expect(asked).toEqual(['tags.read', 'tags.read']);
  });

  it('asks when nothing is known, and for whoever must be sure', async () => {
    const { l2, asked, known } = redis('v2');
    expect(await l2.look('k', TAGS, { sure: true })).toMatchObject({ stamp: { versions: ['v2'] } });
    known.forget(TAGS);
    expect(await l2.look('k', TAGS)).toMatchObject({ stamp: { versions: ['v2'] } });
    expect(asked).toEqual(['tags.read', 'tags.read']);
  });
});

describe('a look to load', () => {
  const look = (one: ReturnType<typeof redis>) => one.l2.look('k', TAGS, { toLoad: true });

  it.each([
    ['nobody has stored anything yet', 2, true],
    ['what was stored is gone', 1, true],
    ['another loads it', 0, false],
  ])('asks one question, and has the lease or not: %s', async (_, lot, mine) => {
    const one = redis('v1', lot);
    const found = await look(one);
    expect(found).toMatchObject({ stamp: { versions: ['v1'] } });
    expect(found.lease !== undefined).toBe(mine);
    expect(one.asked).toEqual(['lease.take']);
  });

  it('takes no lease where there is an entry, valid or not', async () => {
    const one = redis('v1');
    one.store('v1');
    const found = await look(one);
    expect(found).toMatchObject({ entry: { versions: ['v1'] } });
    one.store('v0');
    expect(await look(one)).toMatchObject({ outdated: { versions: ['v0'] } });
    expect([found.lease, one.asked]).toEqual([undefined, ['lease.take', 'lease.take', 'tags.read']]);
  });

  it('takes none under versions that are not known', async () => {
    const one = redis('v1');
    one.known.forget(TAGS);
    expect((await look(one)).lease).toBeUndefined();
    expect(one.asked).toEqual(['tags.read']);
  });
});

describe('a fill', () => {
  const fill = async ({ l2, session }: ReturnType<typeof redis>) =>
    l2.fill('k', entryOf('v1'), await l2.stamp(session, TAGS));

  it('is trusted as long as its versions are', async () => {
    const one = redis('v1');
    const until = await fill(one);
    expect(until).toBe(one.known.currentUntil(TAGS, ['v1'], 400));
    expect(until).toBeGreaterThan(performance.now());
    expect(one.asked).toEqual(['tags.read']);
  });

  it('has lost its race when its versions have changed', async () => {
    expect(await fill(redis('v2'))).toBeUndefined();
  });

  it('reads them where they are not known', async () => {
    const one = redis('v1');
    const stamp = await one.l2.stamp(one.session, TAGS);
    one.known.forget(TAGS);
    expect(await one.l2.fill('k', entryOf('v1'), stamp)).toBeGreaterThan(performance.now());
    expect(one.asked).toHaveLength(2);
  });
});
