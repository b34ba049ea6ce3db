import { AdminRouter } from '@prior/http';
import { Lifecycle } from '../../apps/api/src/lifecycle';
import { startApp, type TestApp } from '../support/app';
import { startPrivateStack } from '../support/stack';

jest.setTimeout(120_000);

interface Report {
  status: string;
  details: Record<string, { status: string }>;
}

let stack: Awaited<ReturnType<typeof startPrivateStack>>;
let api: TestApp;

beforeAll(async () => {
  stack = await startPrivateStack({ replicas: 1 });
  api = await startApp({ stack });
});
afterAll(async () => {
  // Dropping the database would need the primary, which the tests have ended.
  await api.app.close();
  await stack.discard();
});

const ready = async () => {
  const answer = await api.inject('/health/ready');
  const { status, details = {} } = answer.json<Report>();
  const parts = Object.fromEntries(Object.entries(details).map(([name, part]) => [name, part.status]));
  return { code: answer.statusCode, status, ...parts };
};

/** Waits until the monitors have seen what a test did. */
async function readyBecomes(expected: object): Promise<void> {
  const end = performance.now() + 30_000;
  for (;;) {
    const found = await ready();
    if (performance.now() > end) return expect(found).toMatchObject(expected);
    if (Object.entries(expected).every(([key, value]) => (found as Record<string, unknown>)[key] === value))
      return undefined;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('is ready with everything there', async () => {
  await readyBecomes({ code: 200, status: 'ok', primary: 'up', replicas: 'up', redis: 'up' });
});

it('has started, and lives', async () => {
  expect((await api.inject('/health/startup')).statusCode).toBe(200);
  expect((await api.inject('/health/live')).json()).toMatchObject({ status: 'ok' });
});

it('is asked as often as anybody likes: probes count towards no limit', async () => {
  const { headers } = await api.inject('/health/ready');
  expect([headers['ratelimit'], headers['ratelimit-policy']]).toEqual([undefined, undefined]);
});

it('says the same on the admin port', async () => {
  const answer = await api.app
    .get(AdminRouter)
    .handle({ method: 'GET', url: new URL('http://admin/health/ready'), body: '' });
  expect([answer.status, (JSON.parse(answer.body) as Report).status]).toEqual([200, 'ok']);
});

it('shows no addresses', async () => {
  const { body } = await api.inject('/health/ready');
  expect(body).not.toMatch(/127\.0\.0\.1|localhost|:\d{4}/);
});

it('is degraded, but ready, while something can still answer', async () => {
  await stack.servers.get('redis').kill();
  await readyBecomes({ code: 200, status: 'degraded', redis: 'degraded', primary: 'up' });
  await stack.servers.get('replica1').kill();
  await readyBecomes({ code: 200, status: 'degraded', replicas: 'degraded', primary: 'up' });
});

it('is not ready when nothing can answer, and lives all the same', async () => {
  await stack.servers.get('primary').kill();
  await readyBecomes({ code: 503, status: 'error', primary: 'down', replicas: 'down', redis: 'down' });
  expect((await api.inject('/health/live')).statusCode).toBe(200);
});

it('is not ready while it stops', async () => {
  api.app.get(Lifecycle).state = 'draining';
  expect(await ready()).toEqual({ code: 503, status: 'draining' });
  expect((await api.inject('/health/live')).statusCode).toBe(200);
});
