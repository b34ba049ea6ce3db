/**
 * `npm run bench -- [--rounds 20] [--seconds 1] [--warm-up 8] [--only l1,fastify] [--scale 0.5] [--products 10000]`: ours beside others,
 * one worker each, in alternating rounds. Ends with status 1 when a floor is missed.
 */
import { compare } from './comparison/run';
import { main, options, say } from './options';

void main(async () => {
  const { 'warm-up': warmUp, ...given } = options(
    { rounds: 20, seconds: 1, 'warm-up': 8, products: 10_000, scale: 0.5 },
    ['only'],
  );
  const only = given.only?.split(',').filter(Boolean) ?? [];
  const { verdicts } = await compare({ ...given, warmUp, only, lab: 'comparison', name: 'latest' }, say);
  return verdicts.every(({ aboveFloor }) => aboveFloor);
});
