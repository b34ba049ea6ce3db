import { Backoff } from './backoff';

it('replaces at once, then slower and slower, up to 10 s', () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 10 }, () => backoff.afterCrash(50));
  expect(waits).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
});

it('forgets the series when a worker was sound for a while', () => {
  const backoff = new Backoff();
  backoff.afterCrash(50);
  backoff.afterCrash(50);
  expect(backoff.afterCrash(60_000)).toBe(0);
});
