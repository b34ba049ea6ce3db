import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../../scripts/lib/build.js';
import { isFree, freePorts } from '../../scripts/lib/ports.js';
import { statusOf } from '../support/api-process';
import { migratedDatabase } from '../support/migrated';
import { Pm2, type Pm2Process } from '../support/pm2/pm2';
import { startPrivateStack, stackEnv } from '../support/stack';
import { SteadyLoad } from '../support/steady-load';

jest.setTimeout(300_000);

const WORKERS = 2;
const root = join(__dirname, '../..');

let pm2: Pm2 | undefined;
let stack: Awaited<ReturnType<typeof startPrivateStack>> | undefined;
let base: string;
let adminPort: number;

/** A port whose right-hand neighbour is free as well. */
async function adminPorts(): Promise<number> {
  for (let tries = 0; tries < 20; tries += 1) {
    const [port = 0] = await freePorts(1);
    if (await isFree(port + 1)) return port;
  }
  throw new Error('no two free ports side by side');
}

const api = async (): Promise<Pm2Process[]> => (await pm2?.processes()) ?? [];
const pids = async () => (await api()).map(({ pid }) => pid);
const lives = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

beforeAll(async () => {
  await build({ root });
  stack = await startPrivateStack({ replicas: 0 });
  const database = await migratedDatabase(stack);
  const [port = 0] = await freePorts(1);
  adminPort = await adminPorts();
  base = `http://127.0.0.1:${port}`;
  pm2 = await Pm2.fetch({
    ...stackEnv(stack, database),
    JWT_SECRET: 'only the tests sign anything with this one',
    HOST: '127.0.0.1',
    PORT: String(port),
    ADMIN_PORT: String(adminPort),
    WORKERS: String(WORKERS),
    SHUTDOWN_DELAY_MS: '500',
    RATE_LIMIT_READ_PER_MIN: '1000000',
  });
  await pm2.call('start', 'ecosystem.config.js');
});
afterAll(async () => {
  await pm2?.kill();
  await stack?.discard();
});

it('starts one process for each worker, in cluster mode, and waits until they serve', async () => {
  const processes = await api();
  expect(processes.map(({ name, pm2_env: { status, exec_mode } }) => [name, status, exec_mode])).toEqual(
    Array.from({ length: WORKERS }, () => ['prior-api', 'online', 'cluster_mode']),
  );
  expect(await statusOf(`${base}/health/ready`)).toBe(200);
});

it('keeps the log of every process in the file that the report names', async () => {
  const lines = (await readFile(join(root, 'logs/out.log'), 'utf8')).split('\n');
  const serving = lines
    .filter((line) => line.includes('"Serving"'))
    .map((line) => JSON.parse(line) as { pid: number });
  expect(serving.map(({ pid }) => pid)).toEqual(expect.arrayContaining(await pids()));
});

it('gives each process an admin port of its own', async () => {
  const shown = await Promise.all(
    [adminPort, adminPort + 1].map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
  );
  const started = shown.map((text) => /^prior_start_time_seconds (\S+)$/m.exec(text)?.[1]);
  expect(started).toEqual([expect.any(String), expect.any(String)]);
  // Two processes began at two times.
  expect(new Set(started).size).toBe(WORKERS);
});

it('reloads under load and loses nothing', async () => {
  const before = await pids();
  const load = new SteadyLoad(`${base}/api/products`, 8);
  try {
    await load.more(50);
    await pm2?.call('reload', 'prior-api');
    await load.more(50);
  } finally {
    await load.stop();
  }
  expect(load.lost).toEqual([]);
  const after = await pids();
  expect(after).toHaveLength(WORKERS);
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  expect(before.filter(lives)).toEqual([]);
});

it('starts a process again that has died', async () => {
  const [first = 0] = await pids();
  process.kill(first, 'SIGKILL');
  const serves = async () => {
    const online = (await api()).filter(
      ({ pid, pm2_env: { status } }) => status === 'online' && pid !== first && pid > 0,
    );
    return online.length === WORKERS;
  };
  for (let tries = 0; tries < 60 && !(await serves()); tries += 1) await sleep(500);
  expect(await serves()).toBe(true);
  expect(await statusOf(`${base}/health/ready`)).toBe(200);
});

it('leaves nothing behind', async () => {
  const running = await pids();
  await pm2?.kill();
  pm2 = undefined;
  expect(running.filter(lives)).toEqual([]);
  expect(await statusOf(`${base}/health/live`)).toBeUndefined();
});
