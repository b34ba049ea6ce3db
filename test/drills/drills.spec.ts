import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drills } from './index';
import { Steps, StepFailed, stepTable, want } from './lib/steps';

const root = join(__dirname, '../..');

it('the command offers every drill, and every drill has a page that names its command', () => {
  const help = execFileSync(process.execPath, [join(root, 'scripts/drill.js'), '--help'], {
    encoding: 'utf8',
  });
  const readme = readFileSync(join(root, 'docs/runbook/README.md'), 'utf8');
  for (const { name, page } of drills) {
    expect(help).toContain(name);
    expect(readFileSync(join(root, 'docs/runbook', page), 'utf8')).toContain(`npm run drill -- ${name}`);
    expect(readme).toContain(`npm run drill -- ${name}`);
  }
});

it('a drill that does not exist ends with a list of those that do', () => {
  const wrong = () =>
    execFileSync(process.execPath, [join(root, 'scripts/drill.js'), 'earthquake'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(wrong).toThrow(/There is no drill called earthquake[^]*promote-replica/);
});

it('a step that fails is noted, ends the drill, and stands in the table', async () => {
  const steps = new Steps(() => undefined);
  await steps.step('first', () => Promise.resolve('as it should be'));
  expect(steps.failed).toBe(false);
  const second = steps.step('second', () => Promise.resolve().then(() => (want(false, 'rows differ'), '')));
  await expect(second).rejects.toThrow(StepFailed);
  expect(steps.failed).toBe(true);
  expect(stepTable(steps.rows)).toBe('ok      first   as it should be\nFAILED  second  rows differ');
});
