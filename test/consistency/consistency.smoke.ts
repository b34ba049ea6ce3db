import { type CheckStack, openStack } from '../support/fleet/fleet';
import { checkConsistency } from './consistency';
import { mutants } from './races';

/** Short runs of check:consistency. A mutant is caught when the check fails; without one it must not. */
jest.setTimeout(300_000);

// What would break servers that are not the suite's own cannot be played on them.
const { TEST_PRIMARY, TEST_REDIS } = process.env;
const needed: Readonly<Record<string, boolean>> = {
  'no-fence': TEST_PRIMARY === undefined,
  // In a cluster: test/ops/redis-cluster.ops.ts.
  'no-lease': false,
  'no-generation': TEST_REDIS === undefined,
};
const playable = Object.keys(mutants).filter((name) => needed[name] ?? true);

let stack: CheckStack;
const lines: string[] = [];
const say = (line: string) => void lines.push(line);

beforeAll(async () => {
  stack = await openStack();
});
afterAll(() => stack.close());

const failedRows = async (options: { seconds: number; processes: number; mutants: string[] }) => {
  const rows = await checkConsistency(stack, { seed: 1, say, ...options });
  return rows.filter(({ ok }) => !ok).map(({ what, value }) => `${what}: ${value}`);
};

it('finds nothing stale in the known races and a short storm', async () => {
  const failed = await failedRows({ seconds: 5, processes: 3, mutants: [] });
  expect({ failed, lines }).toMatchObject({ failed: [] });
});

it.each(playable)('catches %s', async (mutant) => {
  const failed = await failedRows({ seconds: 0, processes: 2, mutants: [mutant] });
  expect(failed).toContainEqual(expect.stringMatching(/^stale: [1-9]/));
});
