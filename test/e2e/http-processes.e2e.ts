import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiProcess, statusOf } from '../support/api-process';
import { migratedDatabase } from '../support/migrated';
import { dropDatabase, getStack, stackEnv } from '../support/stack';
import { freePorts } from '../../scripts/lib/ports.js';

jest.setTimeout(240_000);

/** Pause of each asker, so that the workers that start get some of the processor, ms. */
const THINK_MS = 20;

const stack = getStack();
let database: string;
let api: ApiProcess;
let base: string;
let admin: string;

/** Workers on the suite's servers, once all of them serve. */
async function startWorkers(count: number, more: Readonly<Record<string, string>> = {}) {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  const started = new ApiProcess('cluster', {
    ...stackEnv(stack, database),
    HOST: '127.0.0.1',
    PORT: String(port),
    ADMIN_PORT: String(adminPort),
    WORKERS: String(count),
    SHUTDOWN_DELAY_MS: '0',
    RATE_LIMIT_READ_PER_MIN: '1000000',
    ...more,
  });
  await started.until('all workers serve', () => started.log.some(({ msg }) => msg === 'Workers started'));
  return { started, base: `http://127.0.0.1:${port}`, admin: `http://127.0.0.1:${adminPort}` };
}

beforeAll(async () => {
  database = await migratedDatabase(stack);
  ({ started: api, base, admin } = await startWorkers(2));
});
afterAll(async () => {
  await api.stop();
  await dropDatabase(stack, database);
});

const workers = () => api.log.filter(({ msg }) => msg === 'Serving').map(({ worker }) => Number(worker));
const gone = (pid: number) => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

/** Keeps asking on connections that stay open, as browsers and proxies do, until it is told to stop. */
function load(connections: number, at = base) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const seen = { answered: 0, failed: [] as string[], cutOff: [] as string[] };
  let stopped = false;
  const ask = () =>
    new Promise<void>((resolve) => {
      const request = get(`${at}/health/live`, { agent }, (response) => {
        if (response.statusCode === 200) seen.answered += 1;
        else seen.failed.push(`status ${response.statusCode}`);
        response
          .resume()
          .on('end', resolve)
          .on('error', () => resolve());
      });
      request.on('error', (error) => {
        // On a new connection it may have been refused; on an open one it was lost.
        (request.reusedSocket ? seen.cutOff : seen.failed).push(error.message);
        resolve();
      });
    });
  const loops = Array.from({ length: connections }, async () => {
    while (!stopped) {
      await ask();
      await sleep(THINK_MS);
    }
  });
  const stop = async () => {
    stopped = true;
    await Promise.all(loops);
    agent.destroy();
  };
  stops.push(stop);
  return { seen, stop };
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

it('answers on both ports', async () => {
  expect(await statusOf(`${base}/health/ready`)).toBe(200);
  expect(await statusOf(`${admin}/health/ready`)).toBe(200);
  expect(await statusOf(`${base}/metrics`)).toBe(404);
  expect(await statusOf(`${admin}/nothing`)).toBe(404);
});

it('adds up the metrics of all workers', async () => {
  // Connections are handed out in turns, so both workers count some of these.
  for (let i = 0; i < 10; i += 1) await statusOf(`${base}/health/live`);
  const text = await (await fetch(`${admin}/metrics`)).text();
  const line = /^prior_http_request_duration_seconds_count\{[^}]*route="\/health\/live"[^}]*\} (\d+)$/m.exec(
    text,
  );
  expect(Number(line?.[1])).toBeGreaterThanOrEqual(10);
});

it('replaces a worker that crashes', async () => {
  const [first = 0] = workers();
  process.kill(first, 'SIGKILL');
  await api.until('a third worker serves', () => workers().length === 3);
  expect(gone(first)).toBe(true);
  expect(await statusOf(`${base}/health/live`)).toBe(200);
});

it('answers a client whose connection was just given to a worker that dies', async () => {
  const [victim] = workers().filter((pid) => !gone(pid));
  // It takes what it is given, and does nothing with it.
  process.kill(victim!, 'SIGSTOP');
  const asked = Array.from({ length: 4 }, () => statusOf(`${base}/health/live`));
  await Promise.race(asked);
  process.kill(victim!, 'SIGKILL');
  expect(await Promise.all(asked)).toEqual([200, 200, 200, 200]);
  const before = workers().length;
  await api.until('a new worker serves', () => workers().length > before);
});

it('replaces all workers without losing a request', async () => {
  const before = workers().filter((pid) => !gone(pid));
  const running = load(8);
  await api.until('requests are answered', () => running.seen.answered > 50);
  api.signal('SIGHUP');
  await api.until('all workers are new', () => api.log.some(({ msg }) => msg === 'All workers are new'));
  const { answered } = running.seen;
  await api.until('new workers answer', () => running.seen.answered > answered + 50);
  await running.stop();
  expect([...running.seen.failed, ...running.seen.cutOff]).toEqual([]);
  expect(before.every(gone)).toBe(true);
});

it('stops on SIGTERM, and leaves nothing behind', async () => {
  const running = load(4);
  await api.until('requests are answered', () => running.seen.answered > 20);
  api.signal('SIGTERM');
  expect(await api.ended).toBe(0);
  await running.stop();
  expect(running.seen.cutOff).toEqual([]);
  expect(workers().every(gone)).toBe(true);
});

it('replaces a worker that is over its memory limit, without losing a request', async () => {
  const { started, base: at } = await startWorkers(1, { WORKER_MEMORY_LIMIT_MB: '1' });
  try {
    const running = load(4, at);
    const over = () =>
      started.log.filter(({ msg }) => msg === 'A worker is over its memory limit and is replaced');
    // Every worker is over this one: the second too.
    await started.until('two workers were replaced', () => over().length === 2);
    await running.stop();
    expect([...running.seen.failed, ...running.seen.cutOff]).toEqual([]);
    expect(new Set(over().map(({ worker }) => worker)).size).toBe(2);
    expect(over().every(({ rss }) => Number(rss) > 1_048_576)).toBe(true);
  } finally {
    await started.stop();
  }
});
