/**
 * `npm run check:faults -- [--seconds 4] [--seed n] [--mutant no-fallback]`: breaks one thing at a time under steady
 * load; `--seconds` is how long each thing stays broken.
 */
import { checkOptions, runCheck } from '../../support/check';
import { checkFaults } from './run';

const say = (line: string) => void process.stdout.write(`${line}\n`);
void runCheck('check:faults', checkOptions({ seconds: 4 }), (options) => checkFaults(options, { say }));
