/**
 * `npm run check:overload -- [--seconds 8] [--seed n] [--pool 50] [--mutant no-admission]`: offers up to ten times of what
 * the application can do; `--seconds` is how long each rate of arrivals lasts.
 */
import { checkOptions, runCheck } from '../../support/check';
import { checkOverload } from './run';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const read = () => checkOptions({ seconds: 8, pool: 50 }, ['no-admission']);
void runCheck('check:overload', read, (options) => checkOverload(options, { say }));
