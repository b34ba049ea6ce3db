import { type CachedAnswer, type Outcome, unsharedEntry } from '../engine/types';
import { hold } from '../tiers/l1';
import { ageOf } from './headers';

describe('ageOf', () => {
  const made = 1_000_000;
  const entry = unsharedEntry(
    { status: 200, body: Buffer.from('{}'), contentType: 'x', etag: '"e"', headers: {}, ttlS: 60 },
    made,
  );
  const answer = (outcome: Outcome, detail: string): CachedAnswer => ({ held: hold(entry), outcome, detail });

  it.each([
    ['HIT', 'l1', 0],
    ['HIT', 'l2', 0],
    ['STALE', 'revalidating', 0],
    ['STALE', 'no-database', 45],
    ['STALE', 'primary-down', 45],
  ] as const)(
    'of %s; detail=%s is %d s: since its versions were last known to be current',
    (outcome, detail, age) => expect(ageOf(answer(outcome, detail), made + 45_900)).toBe(age),
  );
});
