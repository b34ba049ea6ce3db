import { runIdOf } from './lib/redis-info';
import type { Drill } from './lib/rehearsal';
import { want } from './lib/steps';
import { promised, Watch } from './lib/watch';

export const loseGeneration: Drill = {
  name: 'lose-generation',
  about: 'FLUSHALL on a Redis in use, and a Redis that comes back with an old snapshot',
  page: 'lose-generation.md',
  play: async ({ api, redis, primary, database }, steps) => {
    const watch = await Watch.start(api, primary, database);
    try {
      await steps.step('the cache is in use, a snapshot is taken', async () => {
        await watch.reads(50, 'HIT');
        await redis.snapshot();
        return `${await redis.command('DBSIZE')} keys`;
      });
      await steps.step('writes that the snapshot does not know', async () => {
        await watch.acks(10);
        return `${watch.acknowledged} writes acknowledged`;
      });
      await steps.step('FLUSHALL under load', async () => {
        const before = await runIdOf(redis);
        await redis.command('FLUSHALL');
        await promised();
        await watch.reads(50, 'HIT');
        want((await runIdOf(redis)) === before, 'Redis has restarted');
        return `same run_id, the tags are new; ${watch.verdict()}`;
      });
      await steps.step('Redis restarts from the old snapshot', async () => {
        const before = await runIdOf(redis);
        await redis.restart({ from: 'snapshot' });
        want((await runIdOf(redis)) !== before, 'the run_id has not changed');
        const keys = Number(await redis.command('DBSIZE'));
        want(keys > 0, 'the snapshot held nothing');
        return `a new run_id, ${keys} old keys came back`;
      });
      await steps.step('the old keys are not used, the cache fills beside them', async () => {
        await promised();
        await watch.acks(5);
        await watch.reads(100, 'HIT');
        return watch.verdict();
      });
      await steps.step('nothing was stale, no read failed', async () => {
        await watch.stop();
        return watch.verdict();
      });
    } finally {
      await watch.stop();
    }
  },
};
