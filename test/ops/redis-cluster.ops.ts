import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '@prior/config';
import { RedisConnection } from '@prior/resilience';
import { type Quota, quotaOf, RateLimiter } from '@prior/traffic';
import { diagnose } from '../../apps/cli/src/doctor/doctor';
import { plainWrite } from '../consistency/races/reads';
import { deposedMaster, hashTag, promotedReplica } from '../consistency/races/redis-cluster';
import { storm } from '../consistency/random/storm';
import { playRaces, withLab } from '../consistency/run';
import { type CheckStack, openClusterStack, SECRETS } from '../support/fleet/fleet';
import { stackEnv } from '../support/stack';

/** A real Redis Cluster: three masters with a replica each, whose masters are taken away. */
jest.setTimeout(300_000);

/** What was confirmed before is believed for 400 ms. */
const LEASE_AND_MORE_MS = 500;

let stack: CheckStack;
const lines: string[] = [];
const say = (line: string) => void lines.push(line);

beforeAll(async () => {
  stack = await openClusterStack();
});
afterAll(() => stack.close());

const connection = async (namespace = 'ops'): Promise<RedisConnection> => {
  const nodes = stack.redisUrl.split(',');
  const redis = new RedisConnection({
    mode: 'cluster',
    url: '',
    nodes,
    namespace,
    commandTimeoutMs: 500,
  });
  await redis.start();
  return redis;
};

const session = async (redis: RedisConnection) => {
  for (;;) {
    const found = redis.session();
    if (found) return found;
    await sleep(50);
  }
};

it('processes share entries, and nothing is stale while masters are killed and deposed', async () => {
  await withLab(stack, { processes: 2, seed: 1 }, async (lab) => {
    const [first, second] = lab.fleet.nodes;
    const details: string[] = [];
    for (let tries = 0; tries < 20 && !details.some((detail) => detail.includes('detail=l2')); tries += 1) {
      const url = `/api/products?limit=${tries + 1}`;
      await first!.request(url);
      details.push((await second!.request(url)).header('cache-status') ?? '');
    }
    expect(details.at(-1)).toContain('detail=l2');
    await playRaces(lab, [plainWrite, promotedReplica, deposedMaster], say);
    const chaos = await storm(lab, { seconds: 4, readers: 3, writers: 2, say });
    expect(chaos.possible.map(({ part }) => part)).toContain('redis');
    // Named first: what was stale says more than how often.
    expect({ reports: lab.history.reports, lines }).toEqual({ reports: [], lines });
    expect(lab.history.stale).toBe(0);
    expect(lab.history.reads).toBeGreaterThan(100);
    // Reads are answered all the way, and nobody has seen an error.
    expect(lab.history.refused.get('500')).toBeUndefined();
    expect(hashTag(lab)).toContain(lab.fleet.database);
  });
});

it.each([
  ['no-generation', promotedReplica],
  ['no-lease', deposedMaster],
])('the same finds %s', async (mutant, race) => {
  await withLab(stack, { processes: 2, seed: 1, mutants: [mutant] }, async (lab) => {
    await playRaces(lab, [race], say);
    expect(lab.history.stale).toBeGreaterThan(0);
  });
});

it('a master that has forgotten the others is not believed when nobody else answers', async () => {
  const redis = await connection('alone');
  try {
    const before = await session(redis);
    await stack.redisCluster!.leaveAlone('prior:alone', async () => {
      await sleep(LEASE_AND_MORE_MS);
      for (const end = performance.now() + 4_000; performance.now() < end; await sleep(20))
        expect(redis.session()?.generation).toBeUndefined();
    });
    expect((await session(redis)).generation).toBeDefined();
    expect(before.usable).toBe(false);
  } finally {
    await redis.stop();
  }
});

it('limits are shared, and a session of a deposed master is worth nothing', async () => {
  const [one, other] = await Promise.all([connection(), connection()]);
  const limiters = [one, other].map(
    (redis) => new RateLimiter({ session: () => redis.session(), namespace: 'ops' }),
  );
  try {
    const policy: Quota['policy'] = { name: 'ops', limit: 6, windowMs: 3_600_000 };
    const made = [];
    for (let i = 0; i < 8; i += 1) {
      await session(i % 2 === 0 ? one : other);
      made.push(await limiters[i % 2]!.check(quotaOf(policy, 'ops')));
    }
    expect(made.filter(({ allowed }) => allowed)).toHaveLength(6);
    const [before, theirs] = [await session(one), await session(other)];
    await before.command('set', (client) => client.set(before.key('fact'), 'old'));
    const deposed = await stack.redisCluster!.depose('prior:ops');
    for (const former of [before, theirs])
      await expect(former.confirm()).rejects.toThrow('Redis is unavailable');
    await expect(before.command('get', (client) => client.get(before.key('fact')))).rejects.toThrow(
      'Redis is unavailable',
    );
    expect((await session(one)).generation).not.toBe(before.generation);
    expect((await session(one)).generation).toBe((await session(other)).generation);
    // It would still answer whoever believed it.
    expect(await deposed.command('GET', before.key('fact'))).toBe('old');
  } finally {
    for (const limiter of limiters) limiter.stop();
    await Promise.all([one.stop(), other.stop()]);
  }
});

it('the doctor looks at each node that is named', async () => {
  const env = { ...stackEnv(stack, 'mysql'), ...SECRETS, REDIS_MODE: 'cluster', REDIS_URL: stack.redisUrl };
  const findings = await diagnose(loadConfig(env), {
    hosts: 1,
    url: 'http://127.0.0.1:1',
    admin: 'http://127.0.0.1:1',
  });
  const states = findings.filter(({ check }) => check === 'cluster_state');
  expect(states).toHaveLength(3);
});
