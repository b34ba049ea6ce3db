import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { migrations } from '@prior/migrations';
import { ApiProcess } from '../support/api-process';
import { createDatabase, dropDatabase, getStack, stackEnv } from '../support/stack';

jest.setTimeout(120_000);

/** A start that cannot succeed says why, once and without a stack, and what to do about it. */
const stack = getStack();
let empty: string;

beforeAll(async () => {
  empty = await createDatabase(stack);
});
afterAll(() => dropDatabase(stack, empty));

/** What a start prints on stderr, its log aside, and its exit status. */
async function failedStart(env: Record<string, string>) {
  const api = new ApiProcess('main', { LOG_LEVEL: 'fatal', PORT: '0', ADMIN_PORT: '0', ...env });
  const status = await api.ended;
  return { status, said: api.output.trim() };
}

it('lists every variable that is missing or wrong, and exits 78', async () => {
  const { status, said } = await failedStart({ PORT: '99999', LOG_LEVEL: 'loud', JWT_SECRET: 'short' });
  expect(status).toBe(78);
  for (const name of ['PORT', 'LOG_LEVEL', 'JWT_SECRET', 'DB_HOST', 'DB_USER', 'REDIS_URL'])
    expect(said).toContain(`  - ${name} `);
  expect(said).not.toContain('short');
  expect(said).not.toMatch(/^ +at /m);
});

it.each<[string, Record<string, string>, number, RegExp]>([
  ['a wrong password', { DB_PASSWORD: 'wrong' }, 78, /Check DB_USER and DB_PASSWORD\.$/],
  ['a database that is not there', { DB_NAME: 'prior_not_there' }, 78, /DB_NAME|DB_USER/],
  ['no database server', { DB_HOST: '127.0.0.1', DB_PORT: '1', DB_REPLICAS: '' }, 69, /asked 127\.0\.0\.1:1/],
])('says what is wrong with %s', async (_, env, expected, text) => {
  const { status, said } = await failedStart({ ...stackEnv(stack, empty), ...env });
  expect(said).toMatch(text);
  expect(said.split('\n')).toHaveLength(1);
  expect(status).toBe(expected);
});

it('refuses a database that was not migrated', async () => {
  const { status, said } = await failedStart(stackEnv(stack, empty));
  expect(said).toBe(
    `The database ${empty} is not up to date (${migrations.length} of ${migrations.length} migrations are missing). Run: npm run migrate`,
  );
  expect(status).toBe(78);
});

describe('a port that is taken', () => {
  let taken: Server;
  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => taken.close());

  it('is named', async () => {
    const ADMIN_PORT = String((taken.address() as AddressInfo).port);
    const api = new ApiProcess('cluster', { ...stackEnv(stack, empty), LOG_LEVEL: 'fatal', ADMIN_PORT });
    expect(await api.ended).toBe(78);
    expect(api.output.trim()).toBe(
      `The port ${ADMIN_PORT} is in use. Stop what uses it, or set PORT or ADMIN_PORT to another one.`,
    );
  });
});
