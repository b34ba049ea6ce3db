/**
 * Short runs of the benchmarks: that they start everything, find that all contenders answer the same, and come to a
 * result. Nothing here judges a time.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CASES } from './comparison/cases';
import { compare } from './comparison/run';
import { playGrowth } from './growth/run';
import { ROOT } from './lab/lab';
import { playUsers } from './users/run';

jest.setTimeout(600_000);

const LABS = ['smoke-comparison', 'smoke-growth', 'smoke-users'];
const said: string[] = [];
const say = (line: string) => void said.push(line);
const page = (name: string) => readFileSync(join(ROOT, 'bench/results', `${name}.html`), 'utf8');

beforeEach(() => (said.length = 0));
afterAll(() => {
  for (const lab of LABS) rmSync(join(ROOT, '.local/bench', lab), { recursive: true, force: true });
});

it('measures every contender and plays the scenario', async () => {
  const { measured, scenario, atHalf, verdicts } = await compare(
    { rounds: 1, seconds: 1, only: [], products: 500, scale: 0.03, lab: LABS[0]!, name: 'smoke-comparison' },
    say,
  );
  expect(measured.map(({ id }) => id)).toEqual(CASES);
  // The report's suspected backend may fail, and may have nothing to show after a second: that is its point.
  const others = measured.filter(({ id }) => id !== 'current');
  expect(others.filter(({ perS }) => !(perS[0]! > 0)).map(({ id }) => id)).toEqual([]);
  // What needs Redis or the database may be refused on a busy machine; what is in memory is always answered.
  const memory = measured.filter(({ id }) =>
    ['http', 'fastify', 'l1', 'l1-clients', 'detail', '304'].includes(id),
  );
  expect(memory.map(({ failed }) => failed)).toEqual(memory.map(() => 0));
  expect(atHalf!.failed).toBe(0);
  expect(scenario!.ours.failed).toBe(0);
  expect(scenario!.ours.requests).toBeGreaterThan(0);
  expect(verdicts).toHaveLength(7);
  expect(page('smoke-comparison')).toContain('<svg');
});

it('measures what was asked for only, and knows no other case', async () => {
  const options = { rounds: 1, seconds: 1, products: 500, scale: 1, lab: LABS[0]!, name: 'smoke-comparison' };
  const { measured, scenario } = await compare({ ...options, only: ['304'] }, say);
  expect(measured.map(({ id }) => id)).toEqual(['304']);
  expect(scenario).toBeUndefined();
  await expect(compare({ ...options, only: ['l2'] }, say)).rejects.toThrow(
    'no case is called l2; there are http',
  );
});

it('asks catalogues of two sizes the same, from the database', async () => {
  await playGrowth({ sizes: [500, 1_000], rounds: 1, times: 3, lab: LABS[1]!, name: 'smoke-growth' }, say);
  const asked = said.filter((line) => / ms; .* rows$/.test(line));
  expect(asked).toHaveLength(10);
  expect(page('smoke-growth')).toContain('category tree');
});

it('lets users browse, write and be counted', async () => {
  const judged = await playUsers(
    { steps: [20, 150], seconds: 6, products: 500, lab: LABS[2]!, name: 'smoke-users' },
    say,
  );
  expect(judged.find(({ what }) => what.endsWith('failed'))).toMatchObject({ value: '0', ok: true });
  expect(said.some((line) => line.startsWith('150 users: {"200":'))).toBe(true);
});
