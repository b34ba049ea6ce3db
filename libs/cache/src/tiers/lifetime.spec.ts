import type { Entry } from './entry';
import { Lifetime } from './lifetime';

const NOW = 1_000_000;
const entry = (): Entry => ({
  status: 200,
  body: Buffer.alloc(0),
  contentType: 'application/json',
  etag: '"e"',
  headers: {},
  tags: [],
  versions: [],
  storedAt: NOW,
  lifeMs: 30_000,
  expiresAt: NOW + 30_000,
  loadMs: 5,
});
const renewed = (lifetime: Lifetime, covered: number): number => {
  const one = entry();
  lifetime.covers(covered);
  lifetime.renew(one);
  return one.expiresAt - NOW;
};

it('begins anew with what the follower has published', () => {
  const lifetime = new Lifetime(600_000);
  expect(renewed(lifetime, NOW + 20_000)).toBe(50_000);
  expect(renewed(lifetime, NOW + 100_000)).toBe(130_000);
});

it('ends as ever when the follower is behind, gone, or was never there', () => {
  expect(renewed(new Lifetime(600_000), NOW - 5_000)).toBe(30_000);
  expect(renewed(new Lifetime(600_000), -Infinity)).toBe(30_000);
  expect(renewed(new Lifetime(), NOW + 100_000)).toBe(30_000);
  expect(renewed(new Lifetime(10_000), NOW + 100_000)).toBe(30_000);
});

it('does not go back when another follower knows less', () => {
  const lifetime = new Lifetime(600_000);
  const one = entry();
  lifetime.covers(NOW + 60_000);
  lifetime.renew(one);
  lifetime.covers(NOW);
  lifetime.renew(one);
  expect(one.expiresAt).toBe(NOW + 90_000);
});

it('believes a clock that is ahead no further than its own', () => {
  const lifetime = new Lifetime(600_000);
  const one = { ...entry(), storedAt: Date.now() - 1_000, expiresAt: Date.now() + 29_000 };
  const told = Date.now() + 60_000;
  lifetime.covers(told);
  lifetime.renew(one);
  expect(one.expiresAt).toBeLessThanOrEqual(Date.now() + 30_000);
  const { expiresAt } = one;
  // It says the same as long as nobody follows.
  jest.useFakeTimers({ now: Date.now() + 20_000 });
  lifetime.covers(told);
  lifetime.renew(one);
  jest.useRealTimers();
  expect(one.expiresAt).toBe(expiresAt);
});

it('does not lengthen the life of what does not exist', () => {
  const lifetime = new Lifetime(600_000);
  const one = { ...entry(), status: 404 };
  lifetime.covers(NOW + 20_000);
  lifetime.renew(one);
  expect([one.expiresAt, lifetime.longestMs(one), lifetime.longestMs(entry())]).toEqual([
    NOW + 30_000,
    30_000,
    expect.closeTo(660_000, 0),
  ]);
});

it('ends some day, not for all at the same moment', () => {
  const ends = [0, 500, 999].map((ms) => {
    const lifetime = new Lifetime(600_000);
    lifetime.covers(NOW + 10_000_000);
    const one = { ...entry(), storedAt: NOW + ms };
    lifetime.renew(one);
    return (one.expiresAt - one.storedAt) / 600_000;
  });
  expect(ends).toEqual([expect.closeTo(0.9, 3), expect.closeTo(1, 3), expect.closeTo(1.1, 3)]);
});
