import { type CheckStack, openStack } from '../support/fleet/fleet';
import { checkHitRate } from './hitrate/hitrate';
import { checkStampede } from './stampede/stampede';

/** Short runs of check:stampede and check:hitrate. */
jest.setTimeout(300_000);

let stack: CheckStack;
beforeAll(async () => {
  stack = await openStack();
});
afterAll(() => stack.close());

const stampede = { seconds: 2, seed: 1, gets: 1_000, processes: 2 };

it('loads a cold answer once, however many ask', async () => {
  const rows = await checkStampede(stack, { ...stampede, mutants: [] });
  expect(rows.filter(({ ok }) => !ok)).toEqual([]);
});

it('notices when every process loads for itself', async () => {
  const rows = await checkStampede(stack, { ...stampede, seconds: 1, mutants: ['no-lease'] });
  expect(rows.filter(({ ok }) => !ok).map(({ what }) => what)).toContain('loads of one cold key');
});

it('answers most of a small trade from the cache', async () => {
  const trade = { warmup: 2, rate: 400, stock: 10, edits: 1, products: 100, processes: 2, wanted: 80 };
  const rows = await checkHitRate(stack, { seconds: 5, seed: 1, mutants: [], ...trade });
  expect(rows.filter(({ ok }) => !ok)).toEqual([]);
});
