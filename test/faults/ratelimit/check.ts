/**
 * `npm run check:ratelimit -- [--seconds 20] [--seed n] [--mutant fixed-window]`: several processes with wrong wall
 * clocks, one Redis, and an oracle that judges every decision of a trace.
 */
import { checkOptions, runCheck } from '../../support/check';
import { checkRateLimit } from './run';

void runCheck('check:ratelimit', () => checkOptions({ seconds: 20 }, ['fixed-window']), checkRateLimit);
