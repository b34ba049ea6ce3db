import { random } from '../../support/random';
import { zipf } from './zipf';

describe('zipf', () => {
  it('picks every rank in proportion to 1/(rank + 1)', () => {
    const pick = zipf(5, random(1).next);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 100_000; i += 1) counts[pick()]! += 1;
    const share = (rank: number) => 100_000 / (rank + 1) / (1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5);
    counts.forEach((count, rank) => expect(Math.abs(count / share(rank) - 1)).toBeLessThan(0.05));
  });

  it('stays within its bounds', () => {
    expect(zipf(3, () => 0)()).toBe(0);
    expect(zipf(3, () => 0.999999)()).toBe(2);
    expect(zipf(1, () => 0.5)()).toBe(0);
  });
});
