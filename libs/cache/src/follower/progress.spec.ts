import { Progress } from './progress';

const at = (ms: number) => {
  const clock = { ms };
  return { clock, progress: new Progress(() => clock.ms) };
};

it('lags by the round trip of the last marker while all have come back', () => {
  const { clock, progress } = at(1_000);
  progress.sent('a');
  clock.ms += 7;
  expect(progress.heard('a')).toBe(true);
  clock.ms += 500;
  expect([progress.lagMs, progress.missingMs]).toEqual([7, 0]);
});

it('lags by the age of the oldest marker that is missing; a later one that came covers it', () => {
  const { clock, progress } = at(0);
  progress.sent('a');
  clock.ms = 1_000;
  progress.sent('b');
  clock.ms = 3_000;
  expect(progress.lagMs).toBe(3_000);
  progress.heard('b');
  expect(progress.missingMs).toBe(0);
});

it('does not know markers of others', () => {
  const { progress } = at(0);
  progress.sent('a');
  expect(progress.heard('z')).toBe(false);
});

it('lags by the wait of changes that are heard and not published', () => {
  const { clock, progress } = at(0);
  progress.waits();
  clock.ms = 400;
  progress.waits();
  expect(progress.lagMs).toBe(400);
  progress.published(true);
  clock.ms = 450;
  expect(progress.lagMs).toBe(50);
  progress.published(false);
  expect(progress.lagMs).toBe(0);
});
