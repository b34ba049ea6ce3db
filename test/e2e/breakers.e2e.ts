import { connect as connectSocket } from 'node:net';
import type { LoggerService } from '@nestjs/common';
import { ConsistencyTokens } from '@prior/cache';
import { type ReadSession, ReadRouter } from '@prior/database';
import { AdmissionRefused, type Admitted, DATABASE_ADMISSION, LoadContext, Problem } from '@prior/http';
import { renderMetrics } from '@prior/telemetry';
import type { AdmissionGate } from '@prior/traffic';
import { startApp, type TestApp } from '../support/app';
import { NotesModule, NotesProbe, notesTable } from '../support/notes-feature';
import { connect, startPrivateStack } from '../support/stack';

/** What the application does while a server is away, and who finds out how soon. */
jest.setTimeout(120_000);

const until = async (met: () => unknown) => {
  while (!(await met())) await new Promise((resolve) => setTimeout(resolve, 10));
};

let stack: Awaited<ReturnType<typeof startPrivateStack>>;
let app: TestApp;
const probe = new NotesProbe();
const lines: unknown[][] = [];
const keep = (...line: unknown[]) => void lines.push(line);
const logger: LoggerService = { log: keep, warn: keep, error: keep };

beforeAll(async () => {
  stack = await startPrivateStack({ replicas: 1 });
  app = await startApp({
    stack,
    modules: [NotesModule.with(probe)],
    logger,
    env: { DB_SLOW_QUERY_MS: '100' },
  });
  const db = await connect(stack.primary, app.database);
  await db.query(notesTable);
  await db.end();
  await stack.servers.sync();
});
afterAll(async () => {
  for (const server of [...stack.servers.replicas, stack.servers.primary]) server.resume();
  await app?.close();
  await stack?.discard();
});

const write = (text: string) => app.inject({ method: 'POST', url: '/api/notes/one', payload: { text } });
const read = () => app.inject({ url: '/api/notes/one' });
const ready = async () =>
  (await app.inject({ url: '/health/ready' })).json<{
    status: string;
    details: Record<string, Record<string, unknown>>;
  }>();
const state = async (name: string) =>
  new RegExp(`prior_breaker_state\\{name="${name}"\\} (\\d)`).exec(await renderMetrics())?.[1];

it('says in metrics and readiness that all is well', async () => {
  expect((await write('first')).statusCode).toBe(201);
  expect((await read()).json()).toMatchObject({ text: 'first' });
  const { status, details } = await ready();
  expect(status).toBe('ok');
  expect(details).toMatchObject({
    primary: { breaker: 'closed' },
    replicas: { 'replica-1': 'closed' },
    redis: { breaker: 'closed' },
  });
  expect(await Promise.all(['primary', 'replica-1', 'redis'].map(state))).toEqual(['0', '0', '0']);
});

it('refuses writes at once while the primary is frozen, answers reads and marks them, and recovers', async () => {
  stack.servers.primary.pause();
  const first = await read();
  expect(first.statusCode).toBe(200);
  await until(async () => (await state('primary')) !== '0');
  const refused = await write('never');
  expect(refused.statusCode).toBe(503);
  expect(refused.json()).toMatchObject({ code: 'writes_unavailable' });
  expect((await read()).headers['x-cache']).toBe('STALE');
  expect((await app.inject('/api/notes/one/now')).headers['x-cache']).toBe('STALE'); // no cache has to do with it
  // It may have been created a moment ago: that something is not there is as unproven as anything else.
  const unpublished = app.app.get(ConsistencyTokens).issue(false, Date.now(), []);
  const headers = { 'x-consistency-token': unpublished };
  const missing = await app.inject({ url: '/api/products/nobody-knows-it', headers });
  expect([missing.statusCode, missing.headers['x-cache']]).toEqual([404, 'STALE']);
  expect((await ready()).details['primary']).toMatchObject({ state: 'down' });
  stack.servers.primary.resume();
  await until(async () => (await write('second')).statusCode === 201);
  expect((await read()).json()).toMatchObject({ text: 'second' });
});

it('answers from elsewhere while a replica is frozen, and takes it back', async () => {
  stack.servers.replicas[0]!.pause();
  expect((await write('third')).statusCode).toBe(201);
  expect((await read()).json()).toMatchObject({ text: 'third' });
  await until(async () => (await state('replica-1')) !== '0');
  stack.servers.replicas[0]!.resume();
  await until(async () => (await state('replica-1')) === '0');
  expect((await ready()).status).toBe('ok');
});

it('does without Redis while it is frozen, and takes it back', async () => {
  stack.servers.redis!.pause();
  expect((await write('fourth')).statusCode).toBe(201);
  // Within the promised second.
  await until(async () => (await read()).json<{ text: string }>().text === 'fourth');
  stack.servers.redis!.resume();
  await until(async () => (await ready()).status === 'ok');
  await until(async () => {
    const { headers, body } = await read();
    return headers['x-cache'] === 'HIT' && body.includes('fourth');
  });
});

describe('what a request may take', () => {
  /** Runs one statement as the work of a request. */
  const run = (admitted: Admitted, sql: string) => {
    const work = (session: ReadSession) => session.query('test.slow', sql);
    const read = app.app.get(ReadRouter).read(new LoadContext(admitted), work);
    return read.catch((error: unknown) => error);
  };
  const running = async (text: string) => {
    const rows = await stack.servers.replicas[0]!.sql(
      `SELECT INFO FROM information_schema.PROCESSLIST WHERE INFO LIKE '%${text}%' AND INFO NOT LIKE '%PROCESSLIST%'`,
    );
    return rows.length > 0;
  };

  it('is told to the server, which stops the statement', async () => {
    const error = await run({ signal: undefined, remainingMs: () => 150 }, 'SELECT SLEEP(60) AS deadline');
    expect(error).toMatchObject({ errno: 1969 });
    expect((await ready()).status).toBe('ok');
  });

  it('is over when it is over', async () => {
    const error = await run({ signal: undefined, remainingMs: () => 0 }, 'SELECT 1');
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code: 'database_busy' });
  });

  it('ends in the database too when nobody waits any more', async () => {
    const client = new AbortController();
    const result = run({ signal: client.signal, remainingMs: () => 60_000 }, 'SELECT SLEEP(60) AS abandoned');
    await until(() => running('AS abandoned'));
    client.abort();
    expect(await result).toBeInstanceOf(AdmissionRefused);
    expect(await running('AS abandoned')).toBe(false);
    expect((await ready()).status).toBe('ok');
  });

  it('is not begun for a client that hung up while it waited', async () => {
    const gate = app.app.get<AdmissionGate>(DATABASE_ADMISSION);
    const url = new URL(await app.listen());
    const abandoned = async () =>
      /prior_admission_requests_total\{class="list",decision="abandoned"\} (\d+)/.exec(
        await renderMetrics(),
      )?.[1];
    const loads = probe.loads;
    const before = await abandoned();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const holders = Array.from({ length: gate.state.limit }, () =>
      gate.run('write', undefined, 60_000, () => held),
    );
    // A queue that is full for long refuses after milliseconds, so the hanging up may come too late: then once more.
    while ((await abandoned()) === before) {
      const socket = connectSocket(Number(url.port), url.hostname);
      socket.on('error', () => undefined);
      socket.write('GET /api/notes?limit=7 HTTP/1.1\r\nhost: x\r\n\r\n');
      let over = false;
      socket.once('data', () => (over = true));
      await until(() => gate.state.queued > 0 || over);
      socket.destroy();
      await until(() => gate.state.queued === 0);
    }
    expect(probe.loads).toBe(loads);
    release();
    await Promise.all(holders);
  });
});

it('writes a slow statement down, with the plan of the server', async () => {
  const slow = () => lines.find(([text]) => text === 'A slow statement');
  await until(async () => {
    await app.app
      .get(ReadRouter)
      .read(new LoadContext(), (session) =>
        session.query('notes.slow', 'SELECT SLEEP(0.12), slug FROM notes'),
      );
    return slow();
  });
  expect(slow()![1]).toMatchObject({
    name: expect.any(String),
    ms: expect.any(Number),
    plan: expect.anything(),
  });
});
