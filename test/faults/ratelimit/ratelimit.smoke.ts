import { perMinute } from '@prior/traffic';
import { checkTable } from '../../support/check';
import { judge } from './oracle';
import { checkRateLimit } from './run';
import type { Recorded } from './trace';

const SECONDS = 4;

it('keeps every promise of the limits', async () => {
  const rows = await checkRateLimit({ seconds: SECONDS, seed: 7, mutants: [] });
  expect(rows.every(({ ok }) => ok) ? '' : checkTable(rows)).toBe('');
}, 60_000);

it('notices a limiter that counts in windows of the clock', async () => {
  const rows = await checkRateLimit({ seconds: SECONDS, seed: 7, mutants: ['fixed-window'] });
  const failed = rows.filter(({ ok }) => !ok).map(({ what }) => what);
  // Which of its two mistakes shows first depends on where in the window the machine's load lets the bursts fall.
  expect(
    failed.some((what) => /^(over-admitted|refused without cause) where Redis is asked$/.test(what)),
  ).toBe(true);
}, 60_000);

describe('the oracle', () => {
  const policy = perMinute('x', 60); // one a second
  const at = (second: number, allowed = true): Recorded => ({
    caller: 'c',
    path: 'strict',
    sent: second * 1000,
    answered: second * 1000 + 1,
    allowed,
  });
  const many = (count: number, second: number) => Array.from({ length: count }, () => at(second));

  it('counts what is too much, at its worst moment', () => {
    expect(judge(many(60, 0), policy).over).toBe(0);
    expect(judge(many(61, 0), policy).over).toBe(1);
    expect(judge([...many(60, 59), ...many(60, 60)], policy).over).toBe(59);
    expect(judge([...many(60, 0), ...many(30, 30)], policy).over).toBe(0);
    expect(judge([...many(60, 0), ...many(31, 30), at(500)], policy).over).toBe(1);
  });

  it('knows a refusal without cause', () => {
    expect(judge([...many(60, 0), at(0.5, false)], policy).under).toBe(0);
    expect(judge([...many(59, 0), at(0.5, false)], policy).under).toBe(1);
    expect(judge([...many(60, 0), at(1.5, false)], policy).under).toBe(1);
  });
});
