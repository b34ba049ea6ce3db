import { execFileSync } from 'node:child_process';
import { SMALL_HEAP } from './small-heap';

it('is known to this version of Node: no worker starts with a flag that is not', () => {
  const printed = execFileSync(process.execPath, [...SMALL_HEAP, '-p', '6 * 7'], { encoding: 'utf8' });
  expect(printed.trim()).toBe('42');
});
