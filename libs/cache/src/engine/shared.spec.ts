import { setImmediate as turn } from 'node:timers/promises';
import { AdmissionRefused, type DatabaseAdmission, type WorkClass } from '@prior/http';
import type { DrainGate } from '../protocol/drain-gate';
import { KnownVersions } from '../protocol/known-versions';
import type { Lease } from '../protocol/lease';
import { L1 } from '../tiers/l1';
import { CachedReads } from './cached-reads';
import { Loader } from './loader';
import type { SecondTier, Stamp } from './second-tier';
import { Shared } from './shared';
import type { CachedQuestion, Loaded } from './types';

const shed = new AdmissionRefused('shed', 1);
const asked = (workClass: WorkClass) => ({ workClass });

it.each<[string, WorkClass, WorkClass, Error, string]>([
  ['a customer asks again where a crawler was refused', 'crawler', 'detail', shed, 'again'],
  ['a customer whose page is about to be refreshed does too', 'background', 'list', shed, 'again'],
  ['nobody asks again who is as important', 'list', 'list', shed, 'refused'],
  ['nor who is less', 'list', 'crawler', shed, 'refused'],
  ['nor for any other reason', 'crawler', 'detail', new Error('a mistake'), 'refused'],
])('%s', async (_, first, next, error, outcome) => {
  const shared = new Shared<string>(asked(first), () => Promise.reject(error));
  const joined = shared.join(asked(next), () => Promise.resolve('again'));
  expect(await joined.catch(() => 'refused')).toBe(outcome);
  await expect(shared.result).rejects.toBe(error);
});

describe('under overload', () => {
  const loaded: Loaded = {
    ...{ status: 200, body: Buffer.from('{}'), contentType: 'application/json' },
    ...{ etag: '"x"', headers: {}, ttlS: 60 },
  };
  const first = 2 as unknown as Awaited<ReturnType<Lease['take']>>;
  const session = { generation: 'g', script: () => Promise.resolve(first) };
  const stamp = { session, versions: ['v'], pending: false, sentAt: performance.now() } as unknown as Stamp;
  const l2 = {
    look: () => Promise.resolve({ stamp }),
    fill: () => Promise.resolve(stamp),
  } as unknown as SecondTier;
  const gate = { proof: () => Promise.resolve('fresh'), isOpen: () => true } as unknown as DrainGate;

  let loads: WorkClass[];
  /** Crawlers are refused, a moment after they came. */
  const admission: DatabaseAdmission = {
    run: async (workClass, signal, _deadlineMs, work) => {
      await turn();
      loads.push(workClass);
      if (workClass === 'crawler') throw shed;
      return work({ signal, remainingMs: () => 1_000 });
    },
  };
  const question = (workClass: WorkClass): CachedQuestion => ({
    ...{ key: 'GET /a', tags: ['t'], consistency: 'normal', workClass, load: () => Promise.resolve(loaded) },
  });
  const loader = () => new Loader(new L1(1_000_000), l2, admission, 5_000, {} as never);
  const ways: [string, () => (workClass: WorkClass) => Promise<unknown>][] = [
    [
      'look-ups',
      () => {
        const known = new KnownVersions(() => undefined);
        const reads = new CachedReads(new L1(1_000_000), l2, known, gate, loader(), {
          staleWhileRevalidateMs: 0,
        });
        return (workClass) => reads.read(question(workClass));
      },
    ],
    [
      'loads',
      () => {
        const flights = loader();
        return (workClass) => flights.shared(question(workClass), stamp);
      },
    ],
  ];

  it.each(ways)('customers who share %s with a crawler are answered, by one more load', async (_, open) => {
    loads = [];
    const ask = open();
    const all = (['crawler', 'detail', 'detail', 'crawler'] as const).map(ask);
    const outcomes = (await Promise.allSettled(all)).map(({ status }) => status);
    expect(outcomes).toEqual(['rejected', 'fulfilled', 'fulfilled', 'rejected']);
    expect(loads).toEqual(['crawler', 'detail']);
  });
});
