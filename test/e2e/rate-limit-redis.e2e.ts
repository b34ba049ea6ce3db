import { randomUUID } from 'node:crypto';
import { RedisConnection } from '@prior/resilience';
import {
  GcraThrottlerStorage,
  perMinute,
  type Quota,
  quotaOf,
  RateLimiter,
  unsettledMax,
} from '@prior/traffic';
import { getStack } from '../support/stack';

/** The limiter's scripts on a real Redis, with several connections as if of several processes. */
describe('rate limits in Redis', () => {
  const connections: RedisConnection[] = [];
  const limiters: RateLimiter[] = [];

  const process = async (mutants: string[] = []) => {
    const redis = new RedisConnection({
      url: getStack().redisUrl,
      commandTimeoutMs: 5_000,
      connectTimeoutMs: 5_000,
    });
    await redis.start();
    const limiter = new RateLimiter({ session: () => redis.session(), mutants });
    connections.push(redis);
    limiters.push(limiter);
    return { redis, limiter };
  };
  // One request in ten minutes comes back, so that nothing does while the test runs.
  const quota = (limit: number): Quota =>
    quotaOf({ name: 'e2e', limit, windowMs: limit * 600_000 }, randomUUID());

  afterEach(async () => {
    for (const one of limiters.splice(0)) one.stop();
    for (const one of connections.splice(0)) await one.stop();
  });

  it('admits exactly the limit, however many processes ask at once', async () => {
    const all = await Promise.all([process(), process(), process()]);
    const q = quota(50);
    const made = await Promise.all(
      Array.from({ length: 300 }, (_, i) => all[i % all.length]!.limiter.check(q)),
    );
    expect(made.filter((one) => one.allowed)).toHaveLength(50);
    expect(new Set(made.filter((one) => !one.allowed).map((one) => one.retryAfterS))).toEqual(new Set([600]));
  });

  it('charges what processes let through, also beyond the limit', async () => {
    const [a, b] = [await process(), await process()];
    const q = quota(40);
    const most = unsettledMax(40);
    for (const { limiter } of [a, b])
      for (let i = 0; i < most; i += 1) expect(limiter.count(q)?.allowed).toBe(true);
    await Promise.all([a.limiter.settle(), b.limiter.settle()]);
    let allowed = 2 * most;
    for (let i = 0; i < 100; i += 1) allowed += (await a.limiter.check(q)).allowed ? 1 : 0;
    expect(allowed).toBe(40);
    // b still believes in its old account and lets through what it may: that much too many, and owed.
    let over = 0;
    while (b.limiter.count(q)?.allowed) over += 1;
    expect(over).toBeLessThanOrEqual(most);
    await b.limiter.settle();
    expect(b.limiter.count(q)).toMatchObject({ allowed: false, by: 'memory', retryAfterS: 600 * (over + 1) });
  });

  it('settles thousands of callers in a few calls', async () => {
    const { limiter, redis } = await process();
    const callers = Array.from({ length: 1_500 }, () => quota(100));
    for (const one of callers) expect(limiter.count(one)?.allowed).toBe(true);
    await limiter.settle();
    const other = await process();
    const standing = await other.limiter.check(callers[1_400]!);
    expect(standing.remaining).toBe(98);
    const expiring = await redis
      .session()!
      .command('ttl', (client) => client.pTTL(`{rl}:e2e:${callers[0]!.caller}`));
    expect(expiring).toBeGreaterThan(0);
    expect(expiring).toBeLessThanOrEqual(600_000);
  });

  it('forgives a clock that was set back', async () => {
    const { limiter, redis } = await process();
    const q = quota(10);
    const farAhead = String((Date.now() + 1e12) * 1000);
    await redis.session()!.command('set', (client) => client.set(`{rl}:e2e:${q.caller}`, farAhead));
    const made = await limiter.check(q);
    expect(made.allowed).toBe(false);
    expect(made.retryAfterS).toBeLessThanOrEqual(4 * 6_000);
  });

  it('goes on alone when the connection is gone', async () => {
    const { limiter, redis } = await process();
    const q = quota(10);
    for (let i = 0; i < 4; i += 1) await limiter.check(q);
    await redis.stop();
    const made = [];
    for (let i = 0; i < 8; i += 1) made.push((await limiter.check(q)).allowed);
    expect(made.filter(Boolean)).toHaveLength(6);
  });

  it('never rejects when the script fails', async () => {
    const { limiter, redis } = await process();
    const q = quota(10);
    await redis.session()!.command('lpush', (client) => client.lPush(`{rl}:e2e:${q.caller}`, 'not a number'));
    await expect(limiter.check(q)).resolves.toMatchObject({ allowed: true, by: 'local' });
  });

  it('serves @nestjs/throttler', async () => {
    const { limiter } = await process();
    const storage = new GcraThrottlerStorage(limiter);
    const key = randomUUID();
    const hits = [];
    for (let i = 0; i < 4; i += 1) hits.push(await storage.increment(key, 1_800_000, 3, 0, 'default'));
    expect(hits.map((one) => [one.totalHits, one.isBlocked])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, true],
    ]);
    expect(hits[3]!.timeToBlockExpire).toBe(600);
  });

  it('as a mutant counts in windows of the clock', async () => {
    const { limiter } = await process(['fixed-window']);
    const q = quotaOf(perMinute('e2e', 10), randomUUID());
    const made = [];
    for (let i = 0; i < 20; i += 1) made.push((await limiter.check(q)).allowed);
    expect(made.filter(Boolean).length).toBeGreaterThanOrEqual(10);
    expect(made.filter(Boolean).length).toBeLessThanOrEqual(20);
  });
});
