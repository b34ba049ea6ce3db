import { percentile } from '../faults/sample';
import { pointOf, recovery } from './curve';
import type { Sample } from './load';
import { withTarget } from './run';

jest.setTimeout(300_000);

/** Few connections: a few requests a second are too many then. */
const POOL = 8;
const PLAN = [{ perS: 60, seconds: 4 }];

const flood = (mutants: readonly string[]) =>
  withTarget({ mutants, pool: POOL, seed: 3 }, 'slow', ({ load }) => load.play(PLAN));
const count = (samples: readonly Sample[], hot: boolean, outcome: Sample['outcome']) =>
  samples.filter((one) => one.hot === hot && one.outcome === outcome).length;

it('refuses what is too much with a 503 that says when to come back, and nothing that is in the cache', async () => {
  const { samples, failures } = await flood([]);
  expect(failures).toEqual([]);
  expect(count(samples, false, 'refused')).toBeGreaterThan(0);
  expect(count(samples, false, 'ok')).toBeGreaterThan(0);
  expect(count(samples, true, 'ok')).toBe(samples.filter(({ hot }) => hot).length);
});

it('as a mutant refuses nobody', async () => {
  const { samples } = await flood(['no-admission']);
  expect(samples.length).toBeGreaterThan(100);
  expect(count(samples, false, 'refused')).toBe(0);
});

describe('what it is judged by', () => {
  const sample = (outcome: Sample['outcome'], sentAt: number, ms = 1, hot = false): Sample => ({
    stage: 0,
    hot,
    outcome,
    sentAt,
    ms,
  });

  it('counts each outcome apart, without the beginning of the stage', () => {
    const samples = [
      sample('ok', 500, 9_999),
      sample('ok', 1_500, 20),
      sample('refused', 2_000, 3),
      sample('failed', 2_100),
      sample('ok', 2_200, 5, true),
      sample('refused', 100, 5, true),
    ];
    expect(pointOf(samples, 0, { perS: 1, seconds: 3 }, 2, 0)).toMatchObject({
      factor: 2,
      offered: 1.5,
      goodput: 0.5,
      refused: 0.5,
      failed: 0.5,
      p99: 20,
      refusedP99: 3,
      hot: { ok: 1, failed: 1 },
    });
    expect(percentile([], 0.99)).toBe(0);
  });

  it('is normal again when the last request that went wrong had been sent', () => {
    const samples = [
      sample('refused', 100),
      sample('ok', 300, 50),
      sample('ok', 400),
      sample('failed', 900, 1, true),
    ];
    expect(recovery(samples, 0, 50, 60)).toBe(50);
    expect(recovery(samples, 0, 50, 40)).toBe(250);
    expect(recovery(samples, 0, 500, 60)).toBe(0);
  });
});
