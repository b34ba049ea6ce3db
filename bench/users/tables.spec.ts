import type { Visit } from '../load/visitors';
import type { Step } from './step';
import { judge, stepTable } from './tables';

const visit: Visit = {
  seconds: [],
  perS: 3_950,
  requests: 237_000,
  outcomes: { '200': 237_000 },
  failed: 0,
  interrupted: 3,
  latency: { mean: 2, p50: 1, p95: 8, p99: 20, max: 300 },
};
const step: Step = { users: 10_000, visit, workerMb: 220, generator: 0.4 };

it('is content with what was asked for', () => {
  expect(judge(step).filter(({ ok }) => !ok)).toEqual([]);
});

it.each<[string, Step]>([
  ['one failure', { ...step, visit: { ...visit, failed: 1 } }],
  ['slow answers', { ...step, visit: { ...visit, latency: { ...visit.latency, p95: 100 } } }],
  ['fewer answers than 3,900 a second', { ...step, visit: { ...visit, perS: 3_899 } }],
  ['a large worker', { ...step, workerMb: 301 }],
  ['a worker that nobody saw', { ...step, workerMb: 0 }],
])('misses exactly one target with %s', (_, missed) => {
  expect(judge(missed).filter(({ ok }) => !ok)).toHaveLength(1);
});

it('shows a step in a row', () => {
  expect(stepTable([step])[1]).toEqual(['10,000', '3,950', '0', '2', '1', '8', '20', '300', '220', '40 %']);
});
