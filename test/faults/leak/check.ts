/**
 * `npm run check:leak -- [--seconds 15] [--seed n] [--mutant keep-heap|keep-requests|keep-sockets]`: load, rest, load,
 * rest on one process of the API; `--seconds` is how long each load lasts.
 */
import { checkOptions, runCheck } from '../../support/check';
import { checkLeak } from './run';

const say = (line: string) => void process.stdout.write(`${line}\n`);
void runCheck('check:leak', checkOptions({ seconds: 15 }), (options) => checkLeak(options, { say }));
