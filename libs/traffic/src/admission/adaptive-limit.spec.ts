import { AdaptiveLimit } from './adaptive-limit';

/** Runs `seconds` of work that takes what `latency` says for the limit of the moment. */
function simulate(
  limit: AdaptiveLimit,
  clock: { now: number },
  seconds: number,
  latency: (limit: number) => number,
) {
  for (let i = 0; i < seconds * 10; i += 1) {
    for (let k = 0; k < 10; k += 1) {
      clock.now += 10;
      limit.sample(latency(limit.value), limit.value);
    }
  }
}

describe('AdaptiveLimit', () => {
  const make = (initial = 40) => {
    const clock = { now: 0 };
    return { clock, limit: new AdaptiveLimit({ initial, now: () => clock.now }) };
  };

  it('stays where the database is at ease', () => {
    const { limit, clock } = make();
    simulate(limit, clock, 30, () => 5);
    expect(limit.value).toBe(40);
  });

  it('falls when more work at once only makes each piece slower, and comes back', () => {
    const { limit, clock } = make();
    simulate(limit, clock, 5, () => 5);
    simulate(limit, clock, 3, (n) => n * 5);
    expect(limit.value).toBeLessThan(40);
    simulate(limit, clock, 5, () => 5);
    expect(limit.value).toBe(40);
  });

  it('takes a lasting rise for the new normal and never falls below half for latency', () => {
    const { limit, clock } = make();
    simulate(limit, clock, 5, () => 5);
    let least = Infinity;
    for (let i = 0; i < 40; i += 1) {
      simulate(limit, clock, 1, () => 205);
      least = Math.min(least, limit.value);
    }
    expect(least).toBeGreaterThanOrEqual(20);
    expect(limit.value).toBe(40);
  });

  it('backs off down to its minimum when statements run out of time, then recovers', () => {
    const { limit, clock } = make();
    for (let i = 0; i < 1_000; i += 1) {
      clock.now += 20;
      limit.sample(1_000, limit.value, true);
    }
    expect(limit.value).toBe(2);
    simulate(limit, clock, 30, () => 5);
    expect(limit.value).toBe(40);
  });

  it('is not lowered by slow work while there is room left', () => {
    const { limit, clock } = make();
    simulate(limit, clock, 5, () => 5);
    for (let i = 0; i < 1_000; i += 1) {
      clock.now += 20;
      limit.sample(205, 39);
    }
    expect(limit.value).toBe(40);
  });

  it('learns nothing about the limit while it is far from it', () => {
    const { limit, clock } = make();
    for (let i = 0; i < 1_000; i += 1) {
      clock.now += 20;
      limit.sample(i % 20 === 0 ? 500 : 5, 1);
    }
    expect(limit.value).toBe(40);
  });
});
