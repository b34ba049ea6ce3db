import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { ReadRouter, UnitOfWork } from '@prior/database';
import { LoadContext } from '@prior/http';
import { renderMetrics } from '@prior/telemetry';
import { DataSource } from 'typeorm';
import { startApp, type TestApp } from '../support/app';
import { sumOf } from '../support/fleet/metrics';
import { migratedDatabase } from '../support/migrated';
import { connect, dropDatabase, getStack, type Server } from '../support/stack';

/** What all workers of a host may hold open to one server; two workers share it. */
const HOST_LIMIT = 8;
const REQUESTS = 300;
const CLIENTS = 40;

const stack = getStack();
const servers: Server[] = [stack.primary, ...stack.replicas];
let database: string;
let workers: TestApp[];
let watchers: Connection[];

beforeAll(async () => {
  database = await migratedDatabase(stack);
  const env = { WORKERS: '2', DB_POOL_SIZE: String(HOST_LIMIT) };
  workers = await Promise.all([startApp({ database, env }), startApp({ database, env })]);
  watchers = await Promise.all(servers.map((server) => connect(server)));
});
afterAll(async () => {
  await Promise.all(watchers.map((watcher) => watcher.end()));
  await Promise.all(workers.map((worker) => worker.close()));
  await dropDatabase(stack, database);
});

/** Connections that work in the suite's database, as the server counts them. */
async function connectionsTo(watcher: Connection): Promise<number> {
  const [rows] = await watcher.query<RowDataPacket[]>(
    'SELECT COUNT(*) AS count FROM information_schema.PROCESSLIST WHERE DB = ?',
    [database],
  );
  return Number(rows[0]?.['count']);
}

it('all workers of a host together keep to the connections that the host may have', async () => {
  const peaks = servers.map(() => 0);
  let done = false;
  const watch = async () => {
    while (!done) {
      const counts = await Promise.all(watchers.map(connectionsTo));
      counts.forEach((count, i) => (peaks[i] = Math.max(peaks[i]!, count)));
      await sleep(5);
    }
  };
  const watching = watch();
  const admin = await workers[0]!.signIn('admin');
  // Prices make every address another one: each read is a load.
  const ask = async (i: number) => {
    const worker = workers[i % workers.length]!;
    if (i % 10 > 0) return (await worker.inject(`/api/products?minPrice=${i}`)).statusCode;
    const body = { name: `One of many ${i}`, unitPrice: 1, quantity: 1 };
    const answer = await worker.inject({
      method: 'POST',
      url: '/api/products',
      headers: admin,
      payload: body,
    });
    return answer.statusCode;
  };
  const codes: number[] = [];
  const client = async () => {
    while (codes.length < REQUESTS) codes.push(await ask(next++));
  };
  let next = 0;
  await Promise.all(Array.from({ length: CLIENTS }, client));
  done = true;
  await watching;
  // With so few connections some may be turned away, but never with anything else than that.
  expect(codes.filter((code) => ![200, 201, 503].includes(code))).toEqual([]);
  for (const peak of peaks) expect(peak).toBeLessThanOrEqual(HOST_LIMIT);
  // What never had company would prove nothing.
  expect(Math.max(...peaks)).toBeGreaterThan(2);
});

it('shows how much reads and writes use of what they may use: all of it, with the pool itself far from full', async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  // All suites' applications of this process have the same labels: these are the only ones.
  const shown = async (metric: string, labels: Record<string, string>) => {
    const text = await renderMetrics();
    const of = (state: string) => sumOf(text, metric, { ...labels, state });
    return { used: of('used'), limit: of('limit') };
  };
  const writes = () => shown('prior_db_share_connections', { role: 'primary', kind: 'write' });
  const reads = () => shown('prior_db_share_connections', { kind: 'read' });
  const { limit } = await writes();
  const begun: Promise<unknown>[] = [];
  const busy = workers.flatMap(({ app }) => {
    const write = () =>
      new Promise<void>((running) => {
        const work = app.get(UnitOfWork).run(async (tx) => {
          await tx.query('SELECT 1');
          running();
          await released;
        });
        begun.push(work);
      });
    const read = () =>
      new Promise<void>((running) => {
        begun.push(app.get(ReadRouter).read(new LoadContext(), () => (running(), released)));
      });
    return [...Array.from({ length: limit / workers.length }, write), read()];
  });
  try {
    await Promise.all(busy);
    expect(await writes()).toEqual({ used: limit, limit });
    expect((await reads()).used).toBe(workers.length);
    const pool = await shown('prior_db_pool_connections', { role: 'primary' });
    expect(pool.limit).toBe(HOST_LIMIT);
    expect(pool.used / pool.limit).toBeLessThan(0.9);
  } finally {
    release();
    await Promise.all(begun);
  }
  expect([(await writes()).used, (await reads()).used]).toEqual([0, 0]);
});

it('keeps idle connections until their time is up, however many of them a burst has opened', async () => {
  const idleMs = 4_000;
  const wide = await startApp({ database, env: { DB_POOL_SIZE: '30', DB_IDLE_TIMEOUT_MS: String(idleMs) } });
  try {
    const before = await connectionsTo(watchers[0]!);
    const burst = Array.from({ length: 20 }, () => wide.app.get(DataSource).createQueryRunner('master'));
    await Promise.all(burst.map((runner) => runner.connect()));
    await Promise.all(burst.map((runner) => runner.release()));
    const released = performance.now();
    const opened = await connectionsTo(watchers[0]!);
    expect(opened - before).toBeGreaterThan(15);
    // The pool looks after its idle connections once a second.
    await sleep(idleMs / 2);
    const kept = await connectionsTo(watchers[0]!);
    if (performance.now() - released < idleMs) expect(kept).toBeGreaterThanOrEqual(opened - 2);
    let left = kept;
    while (left > before + 4) {
      await sleep(200);
      left = await connectionsTo(watchers[0]!);
    }
  } finally {
    await wide.close();
  }
});
