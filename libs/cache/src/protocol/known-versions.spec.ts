import type { RedisSession } from '@prior/resilience';
import { KnownVersions } from './known-versions';
import type { FeedPart } from './tag-store';

const session = { generation: 'g' } as RedisSession;
const TRUST_MS = 400;

/** What this process has read at 0: `a` and `b`, of which no drop is pending. The feed was begun before. */
function reader() {
  let now = -10;
  let current: RedisSession = session;
  const known = new KnownVersions(
    () => current,
    () => now,
  );
  const hear = (dropped: FeedPart['dropped'], sentAt: number) =>
    known.hear(current, { covered: 0, last: 'x', dropped }, sentAt);
  hear(undefined, -20);
  now = 0;
  const learn = (tag: string, version: string, sentAt: number, pending = false) =>
    known.learn(current, [tag], [{ version, pending }], sentAt);
  learn('a', 'a1', 0);
  learn('b', 'b1', 0);
  return {
    known,
    hear,
    learn,
    until: (...versions: string[]) =>
      known.currentUntil(['a', 'b'].slice(0, versions.length), versions, TRUST_MS),
    pass: (ms: number) => (now += ms),
    reconnect: (generation = 'g') => (current = { generation } as RedisSession),
  };
}

it('proves all that it does not name', () => {
  const { hear, until } = reader();
  expect(until('a1', 'b1')).toBe(TRUST_MS);
  hear([], 1_000);
  expect(until('a1', 'b1')).toBe(1_000 + TRUST_MS);
});

it('tells what has changed, and to what', () => {
  const { hear, until } = reader();
  hear([], 100);
  hear([{ tag: 'b', version: 'b2' }, { tag: 'unknown', version: 'x' }], 1_000); // prettier-ignore
  expect([until('a1'), until('a1', 'b1'), until('a1', 'b2')]).toEqual([1_400, -1, 1_400]);
});

it('takes the last of several drops', () => {
  const { hear, until } = reader();
  hear([], 100);
  hear(['a2', 'a3'].map((version) => ({ tag: 'a', version })), 1_000); // prettier-ignore
  expect([until('a2'), until('a3')]).toEqual([-1, 1_400]);
});

it('proves nothing of a tag whose drop is pending until it was read again', () => {
  const { hear, learn, until } = reader();
  hear([{ tag: 'a', version: 'soon' }], 1_000);
  hear([], 1_200);
  expect(until('a1')).toBe(TRUST_MS);
  learn('a', 'a1', 1_300, true);
  hear([], 1_400);
  expect(until('a1')).toBe(1_300 + TRUST_MS);
  learn('a', 'a2', 1_500);
  hear([], 1_600);
  expect(until('a2')).toBe(1_600 + TRUST_MS);
});

it.each([
  ['a drop', 'a2'],
  ['a pending drop', 'soon'],
])('does not prove a read that came to be known behind a look that told of %s', (_, version) => {
  const { known, hear, learn, until } = reader();
  hear([], 50);
  known.forget(['a']);
  hear([{ tag: 'a', version }], 100);
  learn('a', 'a1', 90);
  hear([], 200);
  expect(until('a1')).toBe(90 + TRUST_MS);
});

it('does not take an older version for a newer one that was read since the last look', () => {
  const { hear, learn, until } = reader();
  hear([], 50);
  learn('a', 'a3', 60);
  hear([{ tag: 'a', version: 'a2' }, { tag: 'a', version: 'soon' }], 100); // prettier-ignore
  expect([until('a2'), until('a3')]).toEqual([0, 0]);
});

it('begins anew behind a gap: what was read before has to be read again', () => {
  const { hear, learn, until, pass } = reader();
  pass(1_050);
  hear(undefined, 1_000);
  expect(until('a1')).toBe(TRUST_MS);
  // Sent before the answer came, so perhaps from before the place where it begins.
  learn('a', 'a1', 1_040);
  hear([], 1_200);
  expect(until('a1')).toBe(1_040 + TRUST_MS);
  learn('a', 'a1', 1_250);
  hear([], 1_300);
  expect(until('a1')).toBe(1_300 + TRUST_MS);
});

it('begins anew on another connection', () => {
  const { hear, learn, until, pass, reconnect } = reader();
  pass(500);
  reconnect();
  hear([], 1_000);
  expect(until('a1')).toBe(TRUST_MS);
  learn('a', 'a1', 1_001);
  hear([], 1_200);
  expect(until('a1')).toBe(1_200 + TRUST_MS);
  reconnect('another life');
  expect(until('a1')).toBe(0);
});

it('believes nothing from before it was told not to, until a later look or read', () => {
  const { known, hear, learn, until, pass } = reader();
  pass(1_000);
  known.distrustAll();
  hear([], 999);
  expect(until('a1', 'b1')).toBe(0);
  learn('a', 'a1', 1_000);
  expect([until('a1'), until('a1', 'b1')]).toEqual([1_400, 0]);
  hear([], 1_050);
  hear([{ tag: 'a', version: 'a2' }], 1_100);
  expect([until('a1', 'b1'), until('a2', 'b1')]).toEqual([-1, 1_500]);
});

describe('a stamp that costs nothing', () => {
  const stamp = ({ known }: ReturnType<typeof reader>, maxAgeMs = 200) =>
    known.stampOf(session, ['a', 'b'], maxAgeMs);

  it('is what is known, as of when all of it was current', () => {
    const one = reader();
    one.hear([], 100);
    one.pass(150);
    expect(stamp(one)).toEqual({ versions: ['a1', 'b1'], sentAt: 100 });
    one.hear([{ tag: 'b', version: 'b2' }], 140);
    expect(stamp(one)).toEqual({ versions: ['a1', 'b2'], sentAt: 140 });
  });

  it('is none when it is too old', () => {
    const one = reader();
    one.hear([], 100);
    one.pass(301);
    expect(stamp(one)).toBeUndefined();
    expect(stamp(one, 201)).toBeDefined();
  });

  it.each<[string, (one: ReturnType<typeof reader>) => void]>([
    ['of a tag that nobody has read', ({ known }) => known.forget(['b'])],
    ['of a tag whose drop is pending', ({ hear }) => hear([{ tag: 'b', version: 'soon' }], 140)],
    ['of what is not believed any more', ({ known }) => known.distrustAll()],
  ])('is none %s', (_what, happens) => {
    const one = reader();
    one.hear([], 100);
    one.pass(150);
    happens(one);
    expect(stamp(one)).toBeUndefined();
  });

  it('is none in another life of Redis', () => {
    const { known } = reader();
    expect(known.stampOf({ generation: 'another' } as RedisSession, ['a'], 200)).toBeUndefined();
  });
});
