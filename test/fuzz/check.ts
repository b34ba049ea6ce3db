/**
 * `npm run check:fuzz -- [--requests 100000] [--seed n] [--mutant stack|shape|crash]`: requests made from the OpenAPI
 * document, good and hostile; every answer is judged by the document.
 */
import { checkOptions, runCheck } from '../support/check';
import { openStack } from '../support/fleet/fleet';
import { fuzz, MUTANTS } from './run';

const say = (line: string) => void process.stdout.write(`${line}\n`);
// As many seconds as it takes: the number of requests decides.
const read = () => checkOptions({ seconds: 1, requests: 100_000 }, Object.keys(MUTANTS));
void runCheck('check:fuzz', read, async (options) => {
  const stack = await openStack();
  try {
    return await fuzz(stack, options, say);
  } finally {
    await stack.close();
  }
});
