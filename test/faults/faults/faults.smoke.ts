import { checkTable } from '../../support/check';
import { faults } from './faults';
import { Ledger } from './ledger';
import { checkFaults } from './run';
import { type Sample, tallyOf, timeToNormal } from './sample';

jest.setTimeout(300_000);

const quick = faults.filter((fault) => fault.quick);

it('no read fails and no acknowledged write is lost, whatever breaks', async () => {
  const rows = await checkFaults({ seconds: 1, seed: 3, mutants: [] }, { chosen: quick, perS: 40 });
  expect(rows.every(({ ok }) => ok) ? '' : checkTable(rows)).toBe('');
});

it('notices when nobody asks another server', async () => {
  const chosen = quick.filter(({ name }) => name === 'a replica killed');
  const rows = await checkFaults({ seconds: 2, seed: 3, mutants: ['no-fallback'] }, { chosen, perS: 40 });
  expect(rows.map(({ ok }) => ok)).toEqual([false]);
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

  it('is normal again when the last request that was out of order has ended', () => {
    expect(timeToNormal([sample('ok', 50), sample('failed', 100, 30), sample('ok', 200)], 80, 10)).toBe(50);
    expect(timeToNormal([sample('ok', 100, 11)], 80, 10)).toBe(31);
    expect(timeToNormal([sample('failed', 10)], 80, 10)).toBe(0);
  });
});
