import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROGRAM = `
  const { endWithUs } = require(${JSON.stringify(join(__dirname, 'ending.ts'))});
  const say = (text) => process.stdout.write(text + ' ');
  endWithUs(async () => say('first'));
  endWithUs(async () => say('gone'))();
  endWithUs(async () => { throw new Error('cannot end') });
  endWithUs(async () => { await new Promise((resolve) => setTimeout(resolve, 50)); say('last') });
  setInterval(() => undefined, 1_000);
  say('up');
`;
const REGISTER = join(__dirname, '../../scripts/lib/register-ts.js');

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  'a program that %s ends has ended what would outlive it, the youngest first',
  async (signal, code) => {
    const child = spawn(process.execPath, ['-r', REGISTER, '-e', PROGRAM], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said === 'up ') child.kill(signal);
    });
    expect(await once(child, 'close')).toEqual([code, null]);
    expect(said).toBe('up last first ');
  },
);
