/**
 * `npm run bench:growth -- [--sizes 10000,100000,1000000] [--rounds 5] [--times 40]`: the same questions to ever larger
 * catalogues. Ends with status 1 when something grows and nothing bounds it. The catalogues are kept for the next run.
 */
import { playGrowth } from './growth/run';
import { main, options, say, Wrong } from './options';

void main(() => {
  const { sizes = '10000,100000,1000000', ...given } = options({ rounds: 5, times: 40 }, ['sizes']);
  const numbers = sizes.split(',').map(Number);
  if (!numbers.every((size, i) => Number.isInteger(size) && size >= 500 && size > (numbers[i - 1] ?? 0)))
    throw new Wrong('--sizes must be rising whole numbers of at least 500, with commas between');
  return playGrowth({ ...given, sizes: numbers, lab: 'growth', name: 'growth' }, say);
});
