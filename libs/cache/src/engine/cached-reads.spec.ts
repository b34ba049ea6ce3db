import { DatabaseUnavailable } from '@prior/database';
import { AdmissionRefused } from '@prior/http';
import type { RedisSession } from '@prior/resilience';
import { metrics } from '@prior/telemetry';
import type { DrainGate, Proof } from '../protocol/drain-gate';
import { KnownVersions } from '../protocol/known-versions';
import type { LeaseAhead } from '../protocol/lease';
import type { Entry } from '../tiers/entry';
import { L1 } from '../tiers/l1';
import { CachedReads } from './cached-reads';
import { Loader } from './loader';
import type { Look, SecondTier } from './second-tier';
import type { CachedQuestion } from './types';

const LONG_AGO = Date.now() - 3_600_000;
const entry = (body: string): Entry => ({
  ...{
    status: 200,
    body: Buffer.from(body),
    contentType: 'application/json',
    etag: `"${body}"`,
    headers: {},
  },
  ...{ tags: ['products'], versions: ['v1'], storedAt: LONG_AGO, lifeMs: 0, expiresAt: LONG_AGO, loadMs: 5 },
});
const question: CachedQuestion = {
  ...{ key: 'GET /things', tags: ['products'], consistency: 'normal', workClass: 'list' },
  load: () => Promise.reject(new Error('the loader is the one that loads')),
};
const stamp = { sentAt: performance.now(), versions: ['v1'] } as unknown as Look['stamp'];

/** Reads whose second tier finds this, whose gate says so, and whose loads all end in this error. */
function reads(look: Look, proof: Proof, error: Error): CachedReads {
  const l2 = { look: () => Promise.resolve({ stamp, ...look }) } as unknown as SecondTier;
  const gate = {
    proof: () => Promise.resolve(proof),
    isOpen: () => proof === 'fresh',
  } as unknown as DrainGate;
  const loader = {
    shared: () => Promise.reject(error),
    alone: () => Promise.reject(error),
  } as unknown as Loader;
  const known = new KnownVersions(() => undefined);
  return new CachedReads(new L1(1_000_000), l2, known, gate, loader, { staleWhileRevalidateMs: 60_000 });
}

const shed = new AdmissionRefused('shed', 1);
const gone = new DatabaseUnavailable('any');

describe('when the load fails', () => {
  it.each([
    [
      'too much to do, its time is up, nothing changed',
      { entry: entry('kept') },
      'fresh',
      shed,
      'overloaded',
    ],
    [
      'too much to do while the primary is down, changed',
      { outdated: entry('kept') },
      'primary-down',
      shed,
      'primary-down',
    ],
    ['no database at all, changed', { outdated: entry('kept') }, 'primary-down', gone, 'no-database'],
  ] as const)('answers with what it has, marked: %s', async (_what, look, proof, error, detail) => {
    const answer = await reads(look, proof, error).read(question);
    expect([answer.outcome, answer.detail, answer.held.entry.body.toString()]).toEqual([
      'STALE',
      detail,
      'kept',
    ]);
  });

  it.each([
    ['too much to do and the entry is known to be outdated', { outdated: entry('old') }, 'fresh', shed],
    ['nobody waits any more', { entry: entry('kept') }, 'fresh', new AdmissionRefused('abandoned', 1)],
    ['nothing is known', {}, 'primary-down', gone],
    ['the load itself is wrong', { entry: entry('kept') }, 'primary-down', new Error('a bug')],
  ] as const)('fails too: %s', async (_what, look, proof, error) => {
    await expect(reads(look, proof, error).read(question)).rejects.toBe(error);
  });
});

describe('without Redis', () => {
  const results = [
    ...(['miss', 'bypass'] as const).map((result) => ['l1', result] as const),
    ...(['hit', 'miss', 'error'] as const).map((result) => ['l2', result] as const),
  ];
  const counts = () => results.map(([tier, result]) => metrics.cache.requests.cell(tier, result).n);
  const away = () => reads({ stamp: undefined }, 'fresh', gone);

  it.each(['normal', 'strict'] as const)(
    'a question goes past the process, and Redis fails: %s',
    async (consistency) => {
      const before = counts();
      await expect(away().read({ ...question, consistency })).rejects.toBe(gone);
      const counted = results.filter((_, i) => counts()[i]! > before[i]!).map((names) => names.join(' '));
      expect(counted).toEqual(['l1 bypass', 'l2 error']);
      expect(counts().reduce((a, b) => a + b) - before.reduce((a, b) => a + b)).toBe(2);
    },
  );

  it('a question that Redis has no answer to is a miss of both', async () => {
    const before = counts();
    await expect(reads({}, 'fresh', gone).read(question)).rejects.toBe(gone);
    expect(counts().map((n, i) => n - before[i]!)).toEqual([1, 0, 0, 1, 0]);
  });
});

it('remembers a question from the moment that somebody asks it until nobody does', async () => {
  const cached = reads({}, 'fresh', gone);
  expect(cached.remembers(question.key)).toBe(false);
  const answer = cached.read(question);
  expect(cached.remembers(question.key)).toBe(true);
  await expect(answer).rejects.toBe(gone);
  expect(cached.remembers(question.key)).toBe(false);
});

describe('a question that Redis was asked about ahead of time', () => {
  const kept: Entry = { ...entry('kept'), storedAt: Date.now(), expiresAt: Date.now() + 60_000 };
  const lookAt = (sentAt: number, found: Look = { entry: kept }): Look =>
    ({ stamp: { sentAt, versions: ['v1'] }, ...found }) as unknown as Look;
  // Whatever is asked now says otherwise.
  const late = () => reads({ entry: entry('asked again') }, 'primary-down', gone);

  it('is answered from what was found, without asking again', async () => {
    const answer = await late().read({ ...question, look: lookAt(performance.now()) });
    expect([answer.outcome, answer.detail, answer.held.entry.body.toString()]).toEqual(['HIT', 'l2', 'kept']);
  });

  it('is asked anew when that is older than an answer of L1 may be', async () => {
    const answer = await late().read({ ...question, look: lookAt(performance.now() - 401) });
    expect([answer.outcome, answer.held.entry.body.toString()]).toEqual(['STALE', 'asked again']);
  });

  it('lets those who join it have nothing older either', async () => {
    const cached = reads({}, 'fresh', gone);
    const first = cached
      .read({ ...question, look: lookAt(performance.now() - 399, {}) })
      .catch(() => 'failed');
    await new Promise((resolve) => setImmediate(resolve));
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 5);
    const asked = jest.spyOn((cached as unknown as { l2: SecondTier }).l2, 'look');
    await cached.read(question).catch(() => 'failed');
    expect(asked).toHaveBeenCalled();
    expect(await first).toBe('failed');
    jest.restoreAllMocks();
  });

  it('is adopted by this process if it is valid and its time is not up', () => {
    const cached = late();
    const look = lookAt(performance.now());
    expect(cached.adopt(question.key, look)?.entry).toBe(kept);
    expect(cached.adopt(question.key, look)).toBe(cached.adopt(question.key, look));
    expect(cached.adopt(question.key, lookAt(0, { entry: entry('too old') }))).toBeUndefined();
    expect(cached.adopt(question.key, lookAt(0, { outdated: kept }))).toBeUndefined();
    expect(cached.adopt(question.key, {})).toBeUndefined();
  });
});

describe('a lease that was taken ahead is free for whoever loads instead', () => {
  const ahead = (sentAt: number) => {
    const drop = jest.fn();
    const lease = { drop, use: () => undefined } as unknown as LeaseAhead;
    const look = { stamp: { sentAt, versions: ['v1'] }, lease } as unknown as Look;
    return { drop, asked: { ...question, look } };
  };
  const never = () => new Promise<never>(() => undefined);

  it('when the look has grown too old', async () => {
    const { drop, asked } = ahead(performance.now() - 401);
    await expect(reads({}, 'fresh', gone).read(asked)).rejects.toBe(gone);
    expect(drop).toHaveBeenCalledTimes(1);
  });

  it('when the question is looked up for somebody else', async () => {
    const cached = reads({}, 'fresh', gone);
    const other = cached.read(question);
    const { drop, asked } = ahead(performance.now());
    const answers = await Promise.allSettled([other, cached.read(asked)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(drop).toHaveBeenCalledTimes(1);
  });

  it('when it is loaded for somebody else', () => {
    const loader = new Loader(new L1(0), {} as SecondTier, { run: never }, 5_000, {} as never);
    const flown = { session: { generation: 'g', script: never }, versions: ['v1'] } as never;
    void loader.shared(question, flown);
    const { drop, asked } = ahead(performance.now());
    void loader.shared(asked, flown);
    expect(drop).toHaveBeenCalledTimes(1);
  });
});

describe('whoever joins a look-up', () => {
  it.each([
    [249, 1],
    [251, 2],
  ])(
    'has nothing older than an answer of L1 may be: %i ms behind a look with a stamp of 150',
    async (ms, looks) => {
      const start = performance.now();
      const now = jest.spyOn(performance, 'now').mockReturnValue(start);
      const found = { stamp: { sentAt: start - 150, versions: ['v1'] } } as unknown as Look;
      const cached = reads(found, 'fresh', gone);
      const inner = cached as unknown as { l2: SecondTier; loader: Loader };
      const look = jest.spyOn(inner.l2, 'look');
      inner.loader.shared = () => new Promise(() => undefined);
      void cached.read(question);
      await new Promise((resolve) => setImmediate(resolve));
      now.mockReturnValue(start + ms);
      void cached.read(question);
      await new Promise((resolve) => setImmediate(resolve));
      expect(look).toHaveBeenCalledTimes(looks);
      jest.restoreAllMocks();
    },
  );
});

describe('an entry whose versions were read too long ago', () => {
  const fresh: Entry = { ...entry('kept'), storedAt: Date.now(), expiresAt: Date.now() + 60_000 };
  let version: string;
  let open: boolean;

  function withEntry(held: Entry) {
    const l1 = new L1(1_000_000);
    l1.set(question.key, held, 0);
    const session = { generation: 'g', script: () => Promise.resolve([version, 0]) };
    const known = new KnownVersions(() => session as unknown as RedisSession);
    const gate = { isOpen: () => open } as unknown as DrainGate;
    return new CachedReads(l1, {} as SecondTier, known, gate, {} as Loader, { staleWhileRevalidateMs: 0 });
  }

  beforeEach(() => {
    version = 'v1';
    open = true;
  });

  it('answers once they were read again', async () => {
    const reads = withEntry(fresh);
    expect(reads.peek(question.key)).toBeUndefined();
    await reads.provable(question.key);
    expect(reads.peek(question.key)?.entry).toBe(fresh);
  });

  it('does not when they have changed, nor when the gate was shut meanwhile', async () => {
    version = 'v2';
    const changed = withEntry(fresh);
    await changed.provable(question.key);
    expect(changed.peek(question.key)).toBeUndefined();

    version = 'v1';
    const shut = withEntry(fresh);
    const asked = shut.provable(question.key);
    open = false;
    await asked;
    expect(shut.peek(question.key)).toBeUndefined();
  });

  it('is not asked about where that would not help', () => {
    expect(withEntry(fresh).provable('GET /others')).toBeUndefined();
    expect(withEntry(entry('too old')).provable(question.key)).toBeUndefined();
    open = false;
    expect(withEntry(fresh).provable(question.key)).toBeUndefined();
  });
});
