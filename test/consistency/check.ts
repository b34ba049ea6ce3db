/**
 * npm run check:consistency -- [--seconds N] [--reads N] [--processes N] [--seed N] [--mutant NAME]
 *
 * Plays the known races, then lets clients and faults rage for so many seconds, or until so many reads were judged.
 * Ends with 0 when nothing was stale. `--mutant` switches a guarantee off: no-stamp, deaf-feed, no-fence,
 * stamp-after-read, no-row-lock, no-drain, no-generation, no-lease (in a cluster); it is caught when the check FAILS
 * (status 1).
 *
 * With TEST_REDIS_CLUSTER=1 on a Redis Cluster of three masters and three replicas, whose masters are killed.
 *
 * With TEST_PRIMARY, TEST_REPLICAS and TEST_REDIS it uses those servers and leaves out what would break them.
 */
import { checkOptions, runCheck } from '../support/check';
import { openClusterStack, openStack } from '../support/fleet/fleet';
import { checkConsistency } from './consistency';
import { mutants } from './races';

const say = (line: string) => void process.stdout.write(`${line}\n`);

void runCheck(
  'check:consistency',
  () => checkOptions({ seconds: 60, reads: 1_000_000_000, processes: 3 }, Object.keys(mutants)),
  async (options) => {
    const stack = await (process.env.TEST_REDIS_CLUSTER ? openClusterStack() : openStack());
    try {
      return await checkConsistency(stack, { ...options, say });
    } finally {
      await stack.close();
    }
  },
);
