import { setTimeout as sleep } from 'node:timers/promises';
import { type Servers, startServers } from '../../scripts/lib/servers.js';
import { makeTestDir } from '../../scripts/lib/test-servers.js';
import { startApp, type TestApp } from '../support/app';
import { TcpProxy } from '../support/fleet/tcp-proxy';
import { connect } from '../support/stack';

/** Two Redis behind one address, as behind a balancer that leads to whoever is the master. */
const servers: Servers[] = [];
const apis: TestApp[] = [];
let balancer: TcpProxy;
afterAll(async () => {
  for (const api of apis.toReversed()) await api.close();
  await balancer?.close();
  await Promise.all(servers.map((one) => one.stop({ discard: true })));
});

async function redis() {
  const started = await startServers({ dir: makeTestDir(), replicas: -1, profile: 'test', owned: true });
  servers.push(started);
  return started.redis!;
}
type Redis = Awaited<ReturnType<typeof redis>>;

async function replicate(replica: Redis, master: Redis): Promise<void> {
  await master.command('CONFIG', 'SET', 'repl-diskless-sync-delay', '0');
  await replica.command('CONFIG', 'SET', 'masterauth', master.password ?? '');
  await replica.command('REPLICAOF', master.host, String(master.port));
  while ((await master.command('WAIT', '1', '100')) !== '1') await sleep(20);
}

it('a Redis that was made a replica, and keeps its connections, is not believed any more', async () => {
  const [old, next] = [await redis(), await redis()];
  await replicate(next, old);
  const leads = { host: old.host, port: old.port };
  balancer = await TcpProxy.to(leads);
  const url = new URL(old.url);
  url.port = String(balancer.port);
  const open = async (database?: string) => {
    const api = await startApp({ database, env: { REDIS_URL: url.href, CACHE_TTL_DETAIL_S: '300' } });
    apis.push(api);
    return api;
  };
  const first = await open();
  const db = await connect(first.stack.primary, first.database);
  await db.query(
    `INSERT INTO products (name, slug, unitPrice, updatedPrice, quantity) VALUES ('A', 'a', 9, 9, 5)`,
  );
  await db.end();
  const read = async () => (await first.inject({ url: '/api/products/a' })).json<{ name: string }>().name;
  expect(await read()).toBe('A');

  await next.command('REPLICAOF', 'NO', 'ONE');
  leads.port = next.port;
  await replicate(old, next);
  const second = await open(first.database);
  const { statusCode } = await second.inject({
    method: 'PATCH',
    url: '/api/products/a',
    payload: { name: 'B' },
    headers: await second.signIn('admin'),
  });
  expect(statusCode).toBe(200);
  // The promise is a second; a busy machine gets some more. Without an end to the belief it is never.
  for (const end = performance.now() + 5_000; performance.now() < end && (await read()) === 'A';)
    await sleep(50);
  expect(await read()).toBe('B');
});
