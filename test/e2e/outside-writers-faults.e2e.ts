import { setTimeout as sleep } from 'node:timers/promises';
import { metrics, renderMetrics } from '@prior/telemetry';
import { ApiProcess } from '../support/api-process';
import type { TestApp } from '../support/app';
import { follower, OutsideWorld, WITHIN_MS } from '../support/outside';
import { connect, startPrivateStack, stackEnv } from '../support/stack';

jest.setTimeout(120_000);

const FOLLOWING = { BINLOG_FOLLOW: 'true' };
const path = '/api/products/chelsea';
let stack: Awaited<ReturnType<typeof startPrivateStack>>;
/** Its first API never follows: it only shows what is cached. */
let world: OutsideWorld;
let name = 'Chelsea';

const everything = () => metrics.cache.followerBatches.cell('everything').n;

beforeAll(async () => {
  stack = await startPrivateStack({ replicas: 0 });
  world = await OutsideWorld.open(1, {}, { stack });
  await world.write(
    `INSERT INTO products (name, slug, unitPrice, updatedPrice, quantity) VALUES ('Chelsea', 'chelsea', 9, 9, 5)`,
  );
});
afterAll(async () => {
  stack?.servers.primary.resume();
  stack?.servers.redis?.resume();
  await world?.close();
  await stack?.discard();
});

/** An outside change that every API must show, whatever happens in between. */
async function renamed(
  disturb: () => Promise<unknown> = () => Promise.resolve(),
  before = true,
): Promise<void> {
  await world.seen(path, { status: 200, name });
  name = `Chelsea ${Math.random()}`;
  const write = () => world.write(`UPDATE products SET name = '${name}'`);
  if (before) await write();
  await disturb();
  if (!before) await write();
  await world.seen(path, { name }, WITHIN_MS.takeover);
}

async function withFollower(work: (api: TestApp) => Promise<void>): Promise<void> {
  const api = await world.join(FOLLOWING);
  try {
    await world.leader();
    await work(api);
  } finally {
    await world.leave(api);
  }
}

/** A log stays while the engine needs it for a recovery, so this may take more than one try. */
async function purge(): Promise<void> {
  const { primary } = stack.servers;
  await primary.sql('FLUSH BINARY LOGS');
  const [[file = ''] = []] = await primary.sql('SHOW MASTER STATUS');
  while ((await primary.sql('SHOW BINARY LOGS'))[0]?.[0] !== file) {
    await primary.sql(`PURGE BINARY LOGS TO '${file}'`);
    await sleep(50);
  }
}

it('another process takes over when the leader is killed, and misses nothing', async () => {
  const env = {
    ...stackEnv(stack, world.apis[0]!.database),
    ...FOLLOWING,
    PORT: '0',
    ADMIN_PORT: '0',
    WORKERS: '1',
  };
  const processes = [new ApiProcess('main', env), new ApiProcess('main', env)];
  const leads = (one: ApiProcess) => one.log.some(({ msg }) => /Following the binlog/.test(String(msg)));
  try {
    await processes[0]!.until('an election', () => processes.some(leads));
    await Promise.all(processes.map((one) => one.until('its start', () => /"Serving"/.test(one.output))));
    await renamed();
    const [leader, standby] = leads(processes[0]!) ? processes : processes.toReversed();
    expect(leads(standby!)).toBe(false);
    await renamed(() => Promise.resolve(leader!.signal('SIGKILL')), false);
    expect(leads(standby!)).toBe(true);
  } finally {
    await Promise.all(processes.map((one) => one.stop()));
  }
});

it('what changed while nobody followed is published from the stored position on', async () => {
  await withFollower(() => renamed());
  await world.seen(path, { name });
  const before = { name, everything: everything() };
  name = 'Unheard';
  await world.write(`UPDATE products SET name = '${name}'`);
  await sleep(1_500);
  expect(await world.read(path)).toMatchObject([{ name: before.name }]);
  await withFollower(() => world.seen(path, { name }, WITHIN_MS.takeover));
  expect(everything()).toBe(before.everything);
});

it('reads on over the end of a log, where the primary was stopped and started', async () => {
  await withFollower(() => renamed());
  const before = everything();
  name = 'Before the stop';
  await world.write(`UPDATE products SET name = '${name}'`);
  await stack.servers.primary.restart();
  await withFollower(() => world.seen(path, { name }, WITHIN_MS.takeover));
  expect(everything()).toBe(before);
});

it('begins anew, with empty caches, when the binlog of its position was purged', async () => {
  const before = everything();
  await world.seen(path, { name });
  name = 'Purged';
  await world.write(`UPDATE products SET name = '${name}'`);
  await purge();
  await withFollower(() => world.seen(path, { name }, WITHIN_MS.takeover));
  expect(everything()).toBe(before + 1);
});

it('survives a restart and a crash of the primary', () =>
  withFollower(async () => {
    await renamed(() => stack.servers.primary.restart());
    await renamed(async () => {
      await stack.servers.primary.kill();
      await stack.servers.primary.start();
    }, false);
  }));

it('goes on after Redis was frozen, from where it stood', () =>
  withFollower(async () => {
    const before = everything();
    await renamed(async () => {
      stack.servers.redis!.pause();
      await world.write(`UPDATE products SET quantity = quantity + 1`);
      await sleep(1_000);
      stack.servers.redis!.resume();
    }, false);
    expect(everything()).toBe(before);
  }));

it('trusts nothing that another life of Redis may have stored', () =>
  withFollower(async () => {
    const before = everything();
    await renamed(() => stack.servers.redis!.restart());
    await world.leader();
    expect(everything()).toBeGreaterThan(before);
    await renamed();
  }));

it('waits until a change is visible before it drops what was cached', () =>
  withFollower(async () => {
    const db = await connect(stack.primary, world.apis[0]!.database);
    const root = (sql: string) => stack.servers.primary.sql(sql);
    await root(
      'SET GLOBAL rpl_semi_sync_master_timeout = 500, GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC',
    );
    // The binlog shows the transaction at once; readers see it when the wait for a replica (there is none) is over.
    // Only the first commit waits, and it may be a heartbeat's: hence three times.
    for (let i = 0; i < 3; i += 1) {
      await world.seen(path, { name });
      name = `Acknowledged late ${i}`;
      await db.query(`BEGIN; UPDATE products SET name = '${name}'`);
      await root('SET GLOBAL rpl_semi_sync_master_enabled = 1');
      let committed = false;
      const commit = db.query('COMMIT').finally(() => (committed = true));
      while (!committed) await world.read(path);
      await commit;
      await root('SET GLOBAL rpl_semi_sync_master_enabled = 0');
      await world.seen(path, { name });
    }
    await db.end();
  }));

it('shows who leads, and how far behind', () =>
  withFollower(async (api) => {
    expect(follower(api).health).toMatchObject({ role: 'leader', lagMs: expect.any(Number) });
    const text = await renderMetrics();
    expect(text).toMatch(/^prior_follower_leader 1$/m);
    expect(Number(/^prior_follower_lag_seconds (\S+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
    const ready = await api.inject({ url: '/health/ready' });
    expect(ready.json()).toMatchObject({
      status: 'ok',
      details: { follower: { role: 'leader', failing: false } },
    });
  }));

describe('says what to do, and serves all the same, when it', () => {
  const user = () => `'${stack.primary.user}'@'%'`;

  it.each([
    [
      'may not',
      () => `REVOKE REPLICATION SLAVE ON *.* FROM ${user()}`,
      () => `GRANT REPLICATION SLAVE ON *.* TO ${user()}`,
      /GRANT REPLICATION SLAVE/,
    ],
    [
      'finds statements instead of rows',
      () => 'SET GLOBAL binlog_format = MIXED',
      () => 'SET GLOBAL binlog_format = ROW',
      /set binlog_format = ROW/,
    ],
    [
      'finds rows without all columns',
      () => 'SET GLOBAL binlog_row_image = MINIMAL',
      () => 'SET GLOBAL binlog_row_image = FULL',
      /set binlog_row_image = FULL/,
    ],
  ])('%s', async (_, spoil, mend, cure) => {
    await stack.servers.primary.sql(spoil());
    const api = await world.join(FOLLOWING);
    try {
      for (let i = 0; i < 200 && follower(api).health.problem === undefined; i += 1) await sleep(50);
      expect(follower(api).health.problem).toMatch(cure);
      const ready = await api.inject({ url: '/health/ready' });
      expect(ready.statusCode).toBe(200);
      expect(ready.json()).toMatchObject({ details: { follower: { status: 'degraded', failing: true } } });
      expect((await api.inject({ url: path })).statusCode).toBe(200);
    } finally {
      await stack.servers.primary.sql(mend());
      await world.leave(api);
    }
  });
});
