import { digits, median, quantile, ratio } from './numbers';

it('takes the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

it('takes quantiles by nearest rank', () => {
  const sorted = Array.from({ length: 100 }, (_, i) => i + 1);
  expect([0, 0.5, 0.95, 0.99, 1].map((share) => quantile(sorted, share))).toEqual([1, 50, 95, 99, 100]);
  expect(quantile([], 0.5)).toBeNaN();
});

it('compares round with round', () => {
  // The second round was disturbed: its ratio is what it is in the others.
  expect(ratio([100, 10, 90], [50, 5, 45])).toBe(2);
  expect(ratio([100], [50, 5, 45])).toBeCloseTo(100 / 45);
});

it('shows the digits that matter', () => {
  expect([12_345.6, 99.44, 1.234, 0.02847, 0.00284, NaN].map(digits)).toEqual([
    '12,346',
    '99.4',
    '1.23',
    '0.0285',
    '0.0028',
    '–',
  ]);
});
