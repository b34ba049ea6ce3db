import type { WorkClass } from '@prior/http';
import { Turnstile } from './turnstile';

/** How many of `count`, spread evenly over `ms`, are let through. */
function letThrough(
  turnstile: Turnstile,
  count: number,
  ms: number,
  workClass: WorkClass = 'list',
  from = 0,
): number {
  let passed = 0;
  for (let i = 0; i < count; i += 1)
    passed += turnstile.pass(workClass, 10, 0, from + (i * ms) / count) ? 1 : 0;
  return passed;
}

describe('Turnstile', () => {
  it('lets through as many as its steps, and a few at once', () => {
    expect(letThrough(new Turnstile(), 10_000, 1_000)).toBe(100 + 3);
    expect(letThrough(new Turnstile(), 10, 0)).toBe(4);
  });

  it('lets more through at once while something is free', () => {
    const turnstile = new Turnstile();
    const atOnce = (free: number) => {
      let passed = 0;
      while (turnstile.pass('list', 10, free, 0)) passed += 1;
      return passed;
    };
    expect([atOnce(0), atOnce(7), atOnce(7)]).toEqual([4, 7, 0]);
  });

  it('refuses nobody who keeps to the pace', () => {
    expect(letThrough(new Turnstile(), 100, 1_000)).toBe(100);
  });

  it('keeps the less important out for the more important, never the other way round', () => {
    const turnstile = new Turnstile();
    expect(letThrough(turnstile, 1_000, 1_000, 'crawler')).toBeGreaterThan(100);
    expect(letThrough(turnstile, 1_000, 1_000, 'detail', 1_000)).toBe(100 + 3);
    expect(turnstile.pass('detail', 10, 0, 2_000)).toBe(true);
    expect(turnstile.pass('crawler', 10, 0, 2_000)).toBe(false);
    expect(turnstile.pass('write', 10, 0, 2_000)).toBe(true);
  });

  it('takes a debt from slow times for one step of now', () => {
    const turnstile = new Turnstile();
    for (let i = 0; i < 10; i += 1) turnstile.pass('list', 1_000, 0, 0);
    expect(turnstile.pass('list', 5, 0, 10)).toBe(false);
    expect(turnstile.pass('list', 5, 0, 15)).toBe(true);
  });

  it('owes nobody anything once it was quiet', () => {
    const turnstile = new Turnstile();
    letThrough(turnstile, 1_000, 1_000, 'detail');
    expect(turnstile.pass('crawler', 10, 0, 1_100)).toBe(true);
  });
});
