/**
 * npm run check:hitrate -- [--seconds N] [--rate N] [--stock N] [--edits N] [--products N] [--processes N] [--wanted N]
 *   [--warmup N]
 *
 * Reads by Zipf's law at a steady rate, stock changes and edits by the same law: so much of it the cache must answer.
 * The share of loads that went to the primary is printed beside it. The rate decides: each write makes its answers
 * load once more, so twice the reads are half the misses.
 */
import { checkOptions, runCheck } from '../../support/check';
import { openStack } from '../../support/fleet/fleet';
import { checkHitRate } from './hitrate';

const traffic = { rate: 4_000, stock: 100, edits: 5 };
const defaults = { seconds: 30, warmup: 120, ...traffic, products: 1_000, processes: 2, wanted: 95 };

void runCheck(
  'check:hitrate',
  () => checkOptions(defaults, []),
  async (options) => {
    const stack = await openStack();
    try {
      return await checkHitRate(stack, options);
    } finally {
      await stack.close();
    }
  },
);
