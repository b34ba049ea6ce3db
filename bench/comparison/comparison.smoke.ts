/**
 * A short run of the comparison: that it starts everything, finds that all contenders answer the same, and comes to a
 * result. Nothing here judges a time.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lab/lab';
import { CASES } from './cases';
import { surroundings } from '../report/surroundings';
import { type Field, openField } from './field';
import { compare, compareIn } from './run';

jest.setTimeout(600_000);

const lab = 'smoke-comparison';
const silent = () => undefined;
const options = { rounds: 1, seconds: 1, warmUp: 1, products: 500, scale: 0.03, lab, name: lab };

let field: Field | undefined;
beforeAll(async () => {
  field = await openField(options, silent);
});
afterAll(async () => {
  await field?.close();
  rmSync(join(ROOT, '.local/bench', lab), { recursive: true, force: true });
});
const play = (only: readonly string[]) => compareIn(field!, { ...options, only }, surroundings(), silent);

it('measures what was asked for only, and knows no other case', async () => {
  const { measured, scenario } = await play(['304']);
  expect(measured.map(({ id }) => id)).toEqual(['304']);
  expect(scenario).toBeUndefined();
  await expect(compare({ ...options, only: ['l2'] }, silent)).rejects.toThrow(
    'no case is called l2; there are http',
  );
});

// Last: the report's suspected backend is the worse for its scenario.
it('measures every contender and plays the scenario', async () => {
  const { measured, scenario, atHalf, verdicts } = await play([]);
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
  expect(verdicts).toHaveLength(8);
  const page = readFileSync(join(ROOT, 'bench/results', `${lab}.html`), 'utf8');
  expect(page).toContain('<svg');
});
