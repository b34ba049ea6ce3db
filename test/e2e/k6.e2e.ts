import { connect } from '../support/stack';
import { fillBigCatalogue } from '../support/big-catalogue';
import { startApp, type TestApp } from '../support/app';
import { type Ran, runScript, SCRIPTS } from '../support/k6/script';

jest.setTimeout(240_000);

/** So few that a script whose users shared one address would be refused. */
const READS_PER_MIN = 30;

let api: TestApp;
let env: Record<string, string>;

beforeAll(async () => {
  api = await startApp({
    env: {
      TRUST_PROXY: 'loopback',
      RATE_LIMIT_READ_PER_MIN: String(READS_PER_MIN),
      RATE_LIMIT_WRITE_PER_MIN: '20',
    },
  });
  const db = await connect(api.stack.primary, api.database);
  await fillBigCatalogue(db, 200);
  await db.end();
  env = { BASE_URL: `${await api.listen()}/`, JWT_SECRET: 'only the tests sign anything with this one' };
});
afterAll(() => api.close());

const addresses = ({ requests }: Ran) => new Set(requests.map(({ sent }) => sent['X-Forwarded-For']));

it.each(SCRIPTS)('%s: every scenario once, and nothing fails', async (name) => {
  const ran = await runScript(name, env, 1);
  expect(ran.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(ran.checks.length).toBeGreaterThanOrEqual(ran.functions.length);
  expect(ran.requests.filter(({ expected }) => !expected)).toEqual([]);
  // One series for each route, not one for each product.
  for (const { tags } of ran.requests) expect(tags['name']).toMatch(/^[\w /{}?]+$/);
  for (const address of addresses(ran)) expect(address).toMatch(/^198\.1[89]\.\d+\.\d+$/);
});

it('load-test asks once and waits 1 to 4 seconds, as the report says', async () => {
  const { requests, sleeps } = await runScript('load-test', env, 20);
  expect(requests).toHaveLength(20);
  expect(new Set(requests.map(({ url }) => url))).toEqual(
    new Set([`${env['BASE_URL']?.slice(0, -1)}/api/products`]),
  );
  expect(sleeps).toHaveLength(20);
  expect(Math.min(...sleeps)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...sleeps)).toBeLessThanOrEqual(4);
  expect(Math.max(...sleeps) - Math.min(...sleeps)).toBeGreaterThan(0.5);
});

it('the limiter sees users, not one machine', async () => {
  const { requests, metrics } = await runScript('stress', env, READS_PER_MIN * 2);
  expect(requests.filter(({ status }) => status !== 200)).toEqual([]);
  expect(metrics['prior_refused']).toEqual(Array.from({ length: READS_PER_MIN * 2 }, () => 0));
});

it('a refusal is recorded as one, and is no failure', async () => {
  // One user asks more often than anybody may.
  const { requests, metrics, checks } = await runScript('spike', env, READS_PER_MIN + 10);
  expect(requests.map(({ status }) => status)).toContain(429);
  expect(requests.every(({ expected, status }) => expected || status === 429)).toBe(true);
  expect(metrics['prior_refused']).toContain(1);
  expect(checks).toContainEqual({ name: 'a refusal says when to come back', ok: true });
});

it('mixed writes, reads its own writes, and puts back what it sold', async () => {
  const db = await connect(api.stack.primary, api.database);
  const state = async () =>
    (await db.query('SELECT SUM(quantity) AS stock, SUM(reviewCount) AS reviews FROM products'))[0];
  const before = await state();
  const { requests, metrics } = await runScript('mixed', env, 3);
  const writes = requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, status }) => `${method} ${status}`);
  expect(new Set(writes)).toEqual(new Set(['POST 200', 'PATCH 200', 'POST 201', 'DELETE 204']));
  expect(metrics['prior_own_write_missing']).toEqual([0, 0, 0]);
  expect(await state()).toEqual(before);
  await db.end();
});

it('says what is missing', async () => {
  await expect(runScript('smoke', { BASE_URL: 'http://127.0.0.1:9' }, 1)).rejects.toThrow(
    'is the API there?',
  );
  await expect(runScript('mixed', { BASE_URL: env['BASE_URL'] ?? '' }, 1)).rejects.toThrow(
    'set -e JWT_SECRET',
  );
});
