/** A short run of the growth benchmark. Nothing here judges a time. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lab/lab';
import { playGrowth } from './run';

jest.setTimeout(600_000);

const lab = 'smoke-growth';
afterAll(() => rmSync(join(ROOT, '.local/bench', lab), { recursive: true, force: true }));

it('asks catalogues of two sizes the same, from the database', async () => {
  const said: string[] = [];
  await playGrowth(
    { sizes: [500, 1_000], rounds: 1, times: 3, lab, name: lab },
    (line) => void said.push(line),
  );
  const asked = said.filter((line) => / ms; .* rows$/.test(line));
  expect(asked).toHaveLength(10);
  expect(readFileSync(join(ROOT, 'bench/results', `${lab}.html`), 'utf8')).toContain('category tree');
});
