import type { Measured } from './rounds';
import { p99Verdict, verdictsOf } from './targets';

const measured = (id: string, ...perS: number[]): Measured => ({
  id,
  title: id,
  ours: false,
  perS,
  perCpuS: perS,
  cdfs: [],
  failed: 0,
});

it('judges by the median of the rounds', () => {
  const verdicts = verdictsOf([measured('fastify', 100, 200, 50), measured('l1', 90, 180, 80)]);
  expect(verdicts).toEqual([
    { what: 'l1 / fastify', value: 0.9, target: '≥ 1 (floor 0.85)', ok: false, aboveFloor: true },
  ]);
  expect(verdictsOf([measured('fastify', 100), measured('l1', 84)])[0]!.aboveFloor).toBe(false);
  expect(verdictsOf([measured('fastify', 100), measured('l1', 100)])[0]!.ok).toBe(true);
});

it('has no floor where there is only a target', () => {
  const [verdict] = verdictsOf([measured('l1', 100), measured('304', 99)]);
  expect(verdict).toMatchObject({ ok: false, aboveFloor: false });
});

it('leaves out what was not measured', () => expect(verdictsOf([measured('l1', 100)])).toEqual([]));

it('wants latencies to be low', () => {
  expect(p99Verdict([2, 4], [1, 2]).ok).toBe(true);
  expect(p99Verdict([2.1], [1]).ok).toBe(false);
});
