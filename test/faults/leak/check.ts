/**
 * `npm run check:leak -- [--seconds 15] [--seed n] [--mutant keep-heap|keep-requests|keep-sockets]`: load, rest, load,
 * rest on one process of the API; `--seconds` is how long each load lasts.
 */
import { checkOptions, runCheck } from '../../support/check';
import { checkLeak, LEAKS } from './run';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const read = () => checkOptions({ seconds: 15 }, LEAKS);
void runCheck('check:leak', read, (options) => checkLeak(options, { say }));
