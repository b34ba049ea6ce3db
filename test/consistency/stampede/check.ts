/**
 * npm run check:stampede -- [--gets N] [--seconds N] [--processes N] [--mutant no-lease]
 *
 * Very many requests at once for one cold answer must load it once; with the holder of the lease killed, twice at
 * most. Readers of an answer that is invalidated every 50 ms (for so many seconds) must all be served. With the mutant
 * it must fail.
 */
import { checkOptions, runCheck } from '../../support/check';
import { openStack } from '../../support/fleet/fleet';
import { checkStampede } from './stampede';

const defaults = { seconds: 10, gets: 10_000, processes: 2 };

void runCheck(
  'check:stampede',
  () => checkOptions(defaults, ['no-lease']),
  async (options) => {
    const stack = await openStack();
    try {
      return await checkStampede(stack, options);
    } finally {
      await stack.close();
    }
  },
);
