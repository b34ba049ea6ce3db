/** A short run of the users' benchmark. Nothing here judges a time. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lab/lab';
import { playUsers } from './run';

jest.setTimeout(600_000);

const lab = 'smoke-users';
afterAll(() => rmSync(join(ROOT, '.local/bench', lab), { recursive: true, force: true }));

it('lets users browse, write and be counted', async () => {
  const said: string[] = [];
  const judged = await playUsers(
    { steps: [10, 60], seconds: 4, arrivals: 20, products: 500, follow: true, lab, name: lab },
    (line) => void said.push(line),
  );
  expect(judged.find(({ what }) => what.endsWith('failed'))).toMatchObject({ value: '0', ok: true });
  expect(said.some((line) => line.startsWith('60 users: {"200":'))).toBe(true);
});
