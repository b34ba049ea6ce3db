import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe as describeProc, isAlive, stopProcess } from './proc.js';
import { UpFiles } from './up-state.js';

let root: string;
let files: UpFiles;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prior-up-'));
  files = new UpFiles(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const dead = { pid: process.pid, started: 'long ago' };
const me = () => describeProc(process.pid);

it('lets one run at a time be the owner', () => {
  files.acquire();
  expect(() => files.acquire()).toThrow(`(process ${process.pid})`);
  files.release();
  expect(() => files.acquire()).not.toThrow();
});

it('takes the lock of a run that died, even when its number lives on', () => {
  files.acquire();
  writeFileSync(files.lock, JSON.stringify(dead));
  expect(files.owner()).toBeUndefined();
  files.acquire();
  expect(files.owner()?.pid).toBe(process.pid);
  writeFileSync(files.lock, 'half a fi');
  expect(() => files.acquire()).not.toThrow();
});

it('tells a run in the background, one that starts, and the remains of one', () => {
  expect(files.status()).toBe('nothing');
  files.acquire();
  expect(files.status()).toBe('starting');
  files.update({ api: me(), ready: true });
  expect(files.status()).toBe('running');
  files.release();
  expect(files.status()).toBe('remains');
  files.update({ detached: true });
  expect(files.status()).toBe('running');
  files.update({ api: dead });
  expect(files.status()).toBe('nothing');
});

it('stops the process that it wrote down, and not another one with its number', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const api = describeProc(child.pid);
  files.acquire();
  files.update({ api: { ...api, started: 'before' }, jwtSecret: 'kept' });
  await files.stopAll();
  expect(isAlive(api)).toBe(true);
  files.update({ api });
  await files.stopAll();
  expect(isAlive(api)).toBe(false);
  expect(files.read()).toEqual({ jwtSecret: 'kept', ready: false, detached: false });
  await stopProcess(api);
});
