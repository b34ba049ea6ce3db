import { LoopShed, type LoopState } from './loop-shed';
import { Pace } from './pace';

function make() {
  const clock = { now: 0 };
  const dice = { value: 0 };
  const loop: { state: LoopState } = { state: { leastLagMs: 0, busy: 0.2 } };
  const shed = new LoopShed({ loop: () => loop.state, random: () => dice.value, now: () => clock.now });
  const pass = (windows: number) => {
    for (let i = 0; i < windows; i += 1) {
      clock.now += 100;
      shed.refuses('list');
    }
  };
  return { shed, loop, dice, clock, pass };
}
const LATE = { leastLagMs: 25, busy: 1 };

describe('LoopShed', () => {
  it('refuses nobody while the loop keeps up', () => {
    const { shed, dice, pass } = make();
    dice.value = 0.999;
    pass(50);
    expect(shed.refuses('crawler')).toBe(false);
  });

  it('refuses more and more while the loop is late, never all, and fewer again afterwards', () => {
    const { shed, loop, dice, pass } = make();
    loop.state = LATE;
    pass(10);
    dice.value = 0.5;
    expect(shed.refuses('list')).toBe(true);
    pass(100);
    dice.value = 0.04;
    expect(shed.refuses('list')).toBe(false);
    loop.state = { leastLagMs: 0, busy: 1 };
    pass(50);
    dice.value = 0.999;
    expect(shed.refuses('list')).toBe(false);
  });

  it('returns at once when the loop has time to spare, and carefully while it is busy', () => {
    const { shed, loop, dice, pass } = make();
    loop.state = LATE;
    pass(100);
    loop.state = { leastLagMs: 0, busy: 1 };
    pass(4); // a share of 0.07
    dice.value = 0.1;
    expect(shed.refuses('list')).toBe(true);
    loop.state = { leastLagMs: 0, busy: 0.5 };
    pass(7);
    dice.value = 0.999;
    expect(shed.refuses('list')).toBe(false);
  });

  it('refuses the least important first', () => {
    const { shed, loop, dice, pass } = make();
    loop.state = LATE;
    pass(9); // a share of 0.52
    dice.value = 0.5;
    const refused = (['health', 'write', 'detail', 'list', 'search', 'crawler'] as const).filter((one) =>
      shed.refuses(one),
    );
    expect(refused).toEqual(['search', 'crawler']);
  });

  it('finds a crowd that waits in short turns, which no lag shows', () => {
    const { shed, loop, clock } = make();
    const after = (ms: number, open: number) => {
      for (let waited = 0; waited < ms; waited += 100) {
        clock.now += 100;
        shed.crowded(open, 100);
      }
      return shed.crowded(open, 100);
    };
    loop.state = { leastLagMs: 0, busy: 1 };
    expect(after(1_000, 100)).toBe(false);
    expect(after(100, 101)).toBe(false);
    expect(after(200, 101)).toBe(true);
    expect(after(0, 100)).toBe(false);
    // Many that wait for a slow database are none: the loop has time.
    loop.state = { leastLagMs: 0, busy: 0.5 };
    expect(after(1_000, 1_000)).toBe(false);
  });

  it('sits out a stall', () => {
    const { shed, loop, dice, pass } = make();
    dice.value = 0.999;
    for (let i = 0; i < 10; i += 1) {
      loop.state = LATE;
      pass(4);
      expect(shed.refuses('crawler')).toBe(false);
      loop.state = { leastLagMs: 0, busy: 1 };
      pass(1);
    }
  });

  it('falls at once when the loop is so late that it is hardly ever asked', () => {
    const { shed, loop, dice, clock } = make();
    loop.state = { leastLagMs: Infinity, busy: 1 };
    clock.now += 1_000;
    dice.value = 0.06;
    expect(shed.refuses('list')).toBe(true);
  });

  it('takes a late loop that has little to do for the fault of others', () => {
    const { shed, loop, dice, pass } = make();
    loop.state = { leastLagMs: 60, busy: 0.5 };
    pass(50);
    dice.value = 0.999;
    expect(shed.refuses('list')).toBe(false);
  });
});

it('Pace knows how often something has happened lately', () => {
  const pace = new Pace();
  for (let now = 0; now < 10_000; now += 10) pace.count(now);
  expect(pace.perMs(10_000)).toBeCloseTo(0.1, 2);
  expect(pace.perMs(20_000)).toBeLessThan(0.001);
});
