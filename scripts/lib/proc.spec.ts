import { spawn, type ChildProcess } from 'node:child_process';
import {
  describe as describeProc,
  isAlive,
  pause,
  signal,
  startOf,
  stopProcess,
  waitForExit,
} from './proc.js';

const children: ChildProcess[] = [];

function start(script: string): ChildProcess {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  return child;
}

const said = (child: ChildProcess) => new Promise((resolve) => child.stdout?.once('data', resolve));

afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

it('knows a process by its start, not by its number alone', async () => {
  const child = start('setInterval(() => {}, 1000)');
  const proc = describeProc(child.pid);
  expect(isAlive(proc)).toBe(true);
  const another = { pid: proc.pid, started: 'another start' };
  expect(isAlive(another)).toBe(false);
  expect(signal(another, 'SIGKILL')).toBe(false);
  await stopProcess(another);
  expect(isAlive(proc)).toBe(true);
  await stopProcess(proc);
  expect(isAlive(proc)).toBe(false);
});

it('ends a process that ignores SIGTERM, and one that was stopped', async () => {
  const stubborn = start("process.on('SIGTERM', () => {}); console.log(1); setInterval(() => {}, 1000)");
  await said(stubborn);
  const paused = start('console.log(1); setInterval(() => {}, 1000)');
  await said(paused);
  const procs = [describeProc(stubborn.pid), describeProc(paused.pid)];
  signal(procs[1], 'SIGSTOP');
  await Promise.all(procs.map((proc) => stopProcess(proc, { graceMs: 200 })));
  expect(procs.map(isAlive)).toEqual([false, false]);
});

it('has stopped a process when it says so', async () => {
  const child = start("console.log(1); setInterval(() => console.log('on'), 1)");
  await said(child);
  const proc = describeProc(child.pid);
  expect(pause(proc)).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 50)); // what it had written before
  let on = 0;
  child.stdout!.on('data', () => (on += 1));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(on).toBe(0);
  signal(proc, 'SIGCONT');
  await said(child);
  await stopProcess(proc);
  expect(pause(proc)).toBe(false);
});

it('never takes a missing or absurd number for a process', () => {
  for (const pid of [0, 1, -1, NaN, 2 ** 30]) expect(startOf(pid)).toBeUndefined();
  expect(isAlive(undefined)).toBe(false);
  expect(() => describeProc(undefined)).toThrow();
});

it('says when a process has not ended in time', async () => {
  const child = start('setInterval(() => {}, 1000)');
  expect(await waitForExit(describeProc(child.pid), 50)).toBe(false);
});
