import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { UnderWay } from './under-way';

it('keeps what is under way until it is over', async () => {
  const all = new UnderWay<string>();
  let over: () => void = () => undefined;
  const work = new Promise<void>((resolve) => (over = resolve));
  all.keep('__proto__', 'a', work);
  expect(all.get('__proto__')).toBe('a');
  expect(all.get('toString')).toBeUndefined();
  over();
  await work;
  expect(all.get('__proto__')).toBeUndefined();
});

it('ends nothing that has taken its place', async () => {
  const all = new UnderWay<string>();
  const failed = Promise.reject(new Error('x'));
  all.keep('k', 'a', failed);
  all.set('k', 'b');
  await failed.catch(() => undefined);
  expect(all.get('k')).toBe('b');
  all.end('k', 'b');
  expect(all.get('k')).toBeUndefined();
});

/** Collections of the old generation in a process in which things of 1 kB are under way, eight at a time. */
function collections(all: string): number {
  const script = `
    const { UnderWay } = require('./libs/cache/src/engine/under-way.ts');
    const all = ${all};
    const end = (key) => all.delete ? all.delete(key) : all.end(key, all.get(key));
    for (let i = 0; i < 8; i += 1) all.set('old ' + i, i);
    gc(); // what it keeps them in is old from here on
    for (let i = 0; i < 8; i += 1) end('old ' + i);
    for (let i = 0; i < 400_000; i += 1) {
      all.set('key ' + i, new Array(128).fill(i));
      end('key ' + (i - 8));
    }`;
  const flags = ['--expose-gc', '--trace-gc', '--max-semi-space-size=1', '--no-allocation-site-pretenuring'];
  const args = [...flags, '-r', './scripts/lib/register-ts.js', '-e', script];
  const cwd = join(__dirname, '../../../..');
  const out = execFileSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 10_000_000 });
  return out.split('Mark-Compact').length - 1;
}

// When this fails because of the Map, V8 has learnt to let go, and UnderWay may become one.
it('lets go of what is over while it is young, as a Map does not', () => {
  const [ours, map] = [collections('new UnderWay()'), collections('new Map()')];
  expect(ours).toBeLessThan(10);
  expect(map).toBeGreaterThan(2 * ours + 3); // 30 to 3 on Node 20; on Node 24, whose old generation has more room, 14
});
