import { infoOf, runIdOf } from './lib/redis-info';
import type { Drill } from './lib/rehearsal';
import { want } from './lib/steps';
import { promised, Watch } from './lib/watch';

export const loseRedis: Drill = {
  name: 'lose-redis',
  about: 'Redis dies with all that it held, stays away, and comes back empty',
  page: 'lose-redis.md',
  play: async ({ api, redis, primary, database }, steps) => {
    let life = '';
    const watch = await Watch.start(api, primary, database);
    try {
      await steps.step('the cache is in use', async () => {
        await watch.reads(50, 'HIT');
        return `${await redis.command('DBSIZE')} keys`;
      });
      await steps.step('Redis is killed (SIGKILL), its data is gone', async () => {
        life = await runIdOf(redis);
        await redis.kill();
        return 'no snapshot, no append-only file';
      });
      await steps.step('reads and writes go on without it', async () => {
        await promised();
        const writes = watch.acknowledged;
        await watch.reads(100);
        await watch.acks(5);
        return `${watch.verdict()}; ${watch.acknowledged - writes} of them meanwhile`;
      });
      await steps.step('Redis comes back, empty', async () => {
        await redis.restart({ from: 'empty' });
        want((await runIdOf(redis)) !== life, 'it is the same Redis as before');
        want(
          (await infoOf(redis, 'persistence', 'rdb_last_load_keys_loaded')) === '0',
          'it has loaded an old file',
        );
        return 'a new run_id';
      });
      await steps.step('the cache fills again', async () => {
        await watch.reads(100, 'HIT');
        const keys = Number(await redis.command('DBSIZE'));
        want(keys > 0, 'nothing was stored in Redis');
        return `${keys} keys`;
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
