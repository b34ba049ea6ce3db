/**
 * `npm run check:faults -- [--seconds 4] [--seed n] [--mutant no-fallback|lose-writes]`: breaks one thing at a
 * time under steady load; `--seconds` is how long each thing stays broken. "Normal after" counts from when it is mended,
 * or from when it breaks where the system mends itself. A write is unknown when its connection ended without an answer.
 */
import { checkOptions, runCheck } from '../../support/check';
import { checkFaults } from './run';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const read = () => checkOptions({ seconds: 4 }, ['no-fallback', 'lose-writes']);
void runCheck('check:faults', read, (options) => checkFaults(options, { say }));
