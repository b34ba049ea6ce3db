import { checkTable } from '../../support/check';
import { faults } from './faults';
import { Ledger } from './ledger';
import { type Found, rowOf } from './row';
import { checkFaults } from './run';
import { type Sample, tallyOf, timeToNormal, unmarkedIn } from './sample';

jest.setTimeout(600_000);

const quick = faults.filter((fault) => fault.quick);

it('no read fails and no acknowledged write is lost, whatever breaks', async () => {
  const rows = await checkFaults(
    { seconds: 2, seed: 3, mutants: [] },
    { chosen: quick, perS: 40, anySpeed: true },
  );
  expect(rows.every(({ ok }) => ok) ? '' : checkTable(rows)).toBe('');
});

it('notices when nobody asks another server, and when the database forgets', async () => {
  const chosen = quick.filter(({ name }) => name === 'the primary frozen');
  const mutants = ['no-fallback', 'lose-writes'];
  const [row] = await checkFaults({ seconds: 2, seed: 3, mutants }, { chosen, perS: 40, anySpeed: true });
  expect(row).toMatchObject({ ok: false, found: { lost: expect.any(Number) } });
  expect(row!.found.tally.reads.failed).toBeGreaterThan(0);
  expect(row!.found.lost).toBeGreaterThan(0);
});

describe('what it is judged by', () => {
  it('a write is lost when an older one is found', () => {
    const ledger = new Ledger();
    ledger.acknowledge('a', 2);
    ledger.acknowledge('b', 3);
    expect(ledger.lostIn(new Map([['a', 2], ['b', 4]]))).toBe(0); // prettier-ignore
    expect(ledger.lostIn(new Map([['a', 1], ['b', 3]]))).toBe(1); // prettier-ignore
    expect(ledger.lostIn(new Map([['a', 2]]))).toBe(1);
  });

  const sample = (outcome: Sample['outcome'], sentAt = 0, ms = 1, kind: Sample['kind'] = 'read'): Sample => ({
    kind,
    outcome,
    sentAt,
    ms,
    resent: false,
    why: 'because',
  });

  it('counts each outcome apart', () => {
    const found = tallyOf([
      ...(['ok', 'stale', 'shed', 'failed'] as const).map((one) => sample(one)),
      ...(['ok', 'refused', 'unknown', 'failed'] as const).map((one) => sample(one, 0, 1, 'write')),
    ]);
    expect(found.reads).toEqual({ ok: 1, stale: 1, shed: 1, failed: 1, resent: 0 });
    expect(found.writes).toEqual({ ok: 1, refused: 1, unknown: 1, failed: 1 });
    expect(found.failures).toEqual(new Map([['because', 2]]));
  });

  it('a read without proof says so, except right after the primary went', () => {
    const all = [sample('ok', 10), sample('ok', 100), sample('stale', 110), sample('ok', 120, 1, 'write')];
    expect(unmarkedIn([...all, sample('ok', 190, 20)], 50, 200)).toBe(1);
  });

  it.each<[string, Partial<Found>]>([
    ['a read fails', { tally: tallyOf([sample('ok'), sample('failed')]) }],
    ['a read is refused', { tally: tallyOf([sample('ok'), sample('shed')]) }],
    ['a write fails', { tally: tallyOf([sample('ok'), sample('failed', 0, 1, 'write')]) }],
    ['nothing was read', { tally: tallyOf([]) }],
    ['a write is lost', { lost: 1 }],
    ['an answer is not marked', { unmarked: 1 }],
    ['it stays out of order', { normalAfterMs: undefined }],
  ])('fails when %s', (_, wrong) => {
    const good: Found = {
      tally: tallyOf([sample('ok')]),
      unmarked: 0,
      lost: 0,
      normalAfterMs: 5,
      stalledMs: 0,
    };
    expect(rowOf(faults[0]!, true, good).ok).toBe(true);
    expect(rowOf(faults[0]!, true, { ...good, ...wrong }).ok).toBe(false);
  });

  it('is normal again when the last request that was out of order has ended', () => {
    expect(timeToNormal([sample('ok', 50), sample('failed', 100, 30), sample('ok', 200)], 80, 10)).toBe(50);
    expect(timeToNormal([sample('ok', 100, 11)], 80, 10)).toBe(31);
    expect(timeToNormal([sample('failed', 10)], 80, 10)).toBe(0);
  });
});
