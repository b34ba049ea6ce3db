import { setTimeout as sleep } from 'node:timers/promises';
import { metrics } from '@prior/telemetry';
import { follower, OutsideWorld, WITHIN_MS } from '../support/outside';

const path = '/api/products/chelsea';
const fills = () => metrics.cache.fills.cell('stored').n;

/** One API whose answers live for so many seconds, and a product that is cached since this moment. */
async function open(ttlS: number, env: Readonly<Record<string, string>>): Promise<OutsideWorld> {
  const world = await OutsideWorld.open(1, { CACHE_TTL_DETAIL_S: String(ttlS), ...env });
  await world.db.query(
    `INSERT INTO products (name, slug, unitPrice, updatedPrice, quantity) VALUES ('Chelsea', 'chelsea', 9, 9, 5)`,
  );
  if (env['BINLOG_FOLLOW']) {
    await world.leader();
    await world.seen(path, { name: 'Chelsea' });
    // It has published what it heard, the INSERT with it.
    await sleep(1_500);
  }
  await world.seen(path, { name: 'Chelsea' });
  return world;
}

// A lifetime that begins anew is longer than the follower's news are old, on a busy machine too.
it.each([
  ['is not loaded again while a follower hears all writers', 8, { BINLOG_FOLLOW: 'true' }, false],
  ['is loaded again when nobody follows', 2, {}, true],
  [
    'is loaded again when its longest time is up',
    2,
    { BINLOG_FOLLOW: 'true', CACHE_TTL_FOLLOWED_S: '2' },
    true,
  ],
])('what has not changed %s', async (_, ttlS, env: Record<string, string>, again) => {
  const world = await open(ttlS, env);
  try {
    const before = fills();
    for (const end = performance.now() + 1_500 * ttlS; performance.now() < end;) {
      await sleep(250);
      await world.seen(path, { status: 200, name: 'Chelsea' });
    }
    expect(fills() > before).toBe(again);
    if (again) return;
    const [api] = world.apis;
    const { headers } = await api!.inject({ method: 'GET', url: path });
    expect(headers).toMatchObject({
      'x-cache': 'HIT',
      'cache-status': expect.stringMatching(/ttl=[1-9]/) as string,
    });
  } finally {
    await world.close();
  }
});

it.each([
  ['seen when its time is up', '', true],
  ['never seen, if entries lived on by themselves (the mutant)', 'endless-life', false],
])('what changes once nobody follows any more is %s', async (_, mutant, seen) => {
  const world = await open(2, { BINLOG_FOLLOW: 'true', PRIOR_MUTANTS: mutant });
  try {
    await follower(world.apis[0]!).beforeApplicationShutdown();
    await world.db.query(`UPDATE products SET name = 'Chukka'`);
    const changed = world.seen(path, { name: 'Chukka' }, WITHIN_MS.takeover).then(
      () => true,
      () => false,
    );
    expect(await changed).toBe(seen);
  } finally {
    await world.close();
  }
});
