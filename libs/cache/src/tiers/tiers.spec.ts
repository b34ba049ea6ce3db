import { type Entry, fromStored, sameVersions, toStored } from './entry';
import { jitteredTtlMs, refreshDue } from './expiry';
import { L1 } from './l1';

const entry = (overrides: Partial<Entry> = {}): Entry => ({
  status: 200,
  body: Buffer.from('{"name":"বাংলা"}'),
  contentType: 'application/json',
  etag: '"e"',
  headers: { link: '<x>' },
  tags: ['products'],
  versions: ['v1'],
  storedAt: 1,
  lifeMs: 1,
  expiresAt: 2,
  loadMs: 3,
  ...overrides,
});

describe('entry', () => {
  it('survives being stored, its body beside its JSON', () => {
    const { body, ...head } = toStored(entry());
    expect(fromStored({ ...JSON.parse(JSON.stringify(head)), body })).toEqual(entry());
  });

  it('is valid for exactly its own versions, in their order', () => {
    expect(sameVersions(['a', 'b'], ['a', 'b'])).toBe(true);
    expect(sameVersions(['a', 'b'], ['b', 'a'])).toBe(false);
    expect(sameVersions(['a'], ['a', 'b'])).toBe(false);
  });
});

describe('expiry', () => {
  it('jitters by ten per cent', () => {
    expect(jitteredTtlMs(30, 0)).toBe(27_000);
    expect(jitteredTtlMs(30, 1)).toBe(33_000);
  });

  it('refreshes for certain when the time is up, earlier by chance, and earlier for costly loads', () => {
    expect(refreshDue(1_000, 50, 1_000, 0.999)).toBe(true);
    expect(refreshDue(1_000, 50, 900, 0.5)).toBe(false); // 50 * ln 2 = 35 ms early
    expect(refreshDue(1_000, 50, 970, 0.5)).toBe(true);
    expect(refreshDue(1_000, 500, 700, 0.5)).toBe(true);
    expect(refreshDue(1_000, 0, 999, 0)).toBe(false);
  });
});

describe('L1', () => {
  it('counts tags, which may be nearly all that an entry has', () => {
    const l1 = new L1(1_000_000);
    const tags = Array.from({ length: 100 }, (_, i) => `product-id:${i}`);
    l1.set('a', entry({ tags, versions: tags }), 1);
    expect(l1.bytes).toBeGreaterThan(20_000);
  });

  it('distrusts exactly the entries that carry a tag', () => {
    const l1 = new L1(1_000_000);
    l1.set('a', entry({ tags: ['x', 'y'] }), 100);
    l1.set('b', entry({ tags: ['y'] }), 100);
    l1.set('c', entry({ tags: ['z'] }), 100);
    l1.distrust(['y']);
    expect(['a', 'b', 'c'].map((key) => l1.get(key)?.freshUntil)).toEqual([0, 0, 100]);
  });

  it('finds a replaced entry by its new tags only', () => {
    const l1 = new L1(1_000_000);
    l1.set('a', entry({ tags: ['old'] }), 100);
    l1.set('a', entry({ tags: ['new'], storedAt: 5 }), 100);
    l1.distrust(['old']);
    expect(l1.get('a')?.freshUntil).toBe(100);
    l1.distrust(['new']);
    expect(l1.get('a')?.freshUntil).toBe(0);
  });

  it('keeps what was made of an entry when the same fill comes again', () => {
    const l1 = new L1(1_000_000);
    const first = l1.set('a', entry(), 100);
    expect(l1.set('a', entry(), 200)).toBe(first);
    expect(l1.set('a', entry(), 150).freshUntil).toBe(200);
    for (const other of [{ storedAt: 9 }, { versions: ['v2'] }, { etag: '"f"' }, { etag: '' }]) {
      expect(l1.set('a', entry(other), 200)).not.toBe(first);
      l1.set('a', first.entry, 200);
    }
    l1.distrustAll(1_000);
    expect(l1.set('a', first.entry, 999).freshUntil).toBe(0);
  });

  it('stays within its bytes', () => {
    const l1 = new L1(100_000);
    for (let i = 0; i < 1_000; i += 1) l1.set(`k${i}`, entry({ body: Buffer.alloc(1_000) }), 1);
    expect(l1.bytes).toBeLessThanOrEqual(100_000);
    expect(l1.size).toBeGreaterThan(10);
    expect(l1.get('k999')).toBeDefined();
    expect(l1.get('k0')).toBeUndefined();
  });

  it('can be switched off', () => {
    const l1 = new L1(0);
    l1.set('a', entry(), 1);
    expect(l1.get('a')).toBeUndefined();
    l1.distrust(['products']);
    l1.distrustAll(1);
  });

  it('distrusts everything, also what was checked before and arrives only now', () => {
    const l1 = new L1(10_000);
    l1.set('a', entry(), 1_399);
    l1.distrustAll(1_400); // at 1000, with 400 ms of trust
    expect(l1.get('a')?.freshUntil).toBe(0);
    expect(l1.set('late', entry(), 1_399).freshUntil).toBe(0);
    expect(l1.set('new', entry(), 1_400).freshUntil).toBe(1_400);
  });
});
