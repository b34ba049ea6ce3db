import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.js';

let root: string;
const inRoot = (...names: string[]) => join(root, ...names);
const log = () => inRoot('build.log');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prior-build-'));
  mkdirSync(inRoot('apps'));
  writeFileSync(inRoot('apps', 'a.ts'), 'a');
  const script = "node -e \"fs.mkdirSync('dist', { recursive: true }); fs.cpSync('apps/a.ts', 'dist/a.js')\"";
  writeFileSync(inRoot('package.json'), JSON.stringify({ scripts: { build: script } }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const again = () => build({ root, log: log() });

it('builds once, and again when a source or the build has changed', async () => {
  expect(await again()).toBe(true);
  expect(await again()).toBe(false);
  appendFileSync(inRoot('apps', 'a.ts'), 'b');
  expect(await again()).toBe(true);
  expect(readFileSync(inRoot('dist', 'a.js'), 'utf8')).toBe('ab');
  writeFileSync(inRoot('dist', 'a.js'), 'half of it');
  expect(await again()).toBe(true);
  rmSync(inRoot('dist'), { recursive: true });
  expect(await again()).toBe(true);
  expect(existsSync(inRoot('dist', 'a.js'))).toBe(true);
  expect(await again()).toBe(false);
});

it('builds again what was saved while it built', async () => {
  const script = "node -e \"fs.mkdirSync('dist', { recursive: true }); fs.appendFileSync('apps/a.ts', 'b')\"";
  writeFileSync(inRoot('package.json'), JSON.stringify({ scripts: { build: script } }));
  expect(await again()).toBe(true);
  expect(await again()).toBe(true);
});

it('is not satisfied with a build that failed', async () => {
  expect(await again()).toBe(true);
  appendFileSync(inRoot('apps', 'a.ts'), 'b');
  writeFileSync(inRoot('package.json'), JSON.stringify({ scripts: { build: 'exit 3' } }));
  await expect(again()).rejects.toThrow();
  await expect(again()).rejects.toThrow();
});
