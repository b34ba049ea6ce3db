import { PROMISE_MS, Register, SLACK_MS } from './register';

const LIMIT = PROMISE_MS + SLACK_MS;
const at = (began: number, ended = began + 5) => ({ began, ended });
const is = (wanted: string) => (value: string) => value === wanted;

/** a from 0, b acknowledged at 110, c at 210. */
function abc(): Register<string> {
  const register = new Register('letter', 'a', 0);
  register.begin('b', 100);
  register.ack(110);
  register.begin('c', 200);
  register.ack(210);
  return register;
}

describe('Register', () => {
  it('takes the newest value at any time', () => {
    expect(abc().judge(is('c'), at(50_000))).toEqual({ ok: true, staleMs: 0 });
  });

  it('lets an old value be seen as long as promised after the newer one was acknowledged, and no longer', () => {
    expect(abc().judge(is('b'), at(210 + LIMIT))).toEqual({ ok: true, staleMs: LIMIT });
    expect(abc().judge(is('b'), at(210 + LIMIT + 1))).toEqual({ ok: false, staleMs: LIMIT + 1 });
    expect(abc().judge(is('a'), at(110 + LIMIT + 1)).ok).toBe(false);
  });

  it('counts from the beginning of a read, however long it takes', () => {
    expect(abc().judge(is('b'), at(211, 60_000)).ok).toBe(true);
  });

  it('wants a writer to see what it has written, at once', () => {
    const register = abc();
    expect(register.judge(is('b'), at(211), register.position).ok).toBe(false);
    expect(register.judge(is('b'), at(211), register.position - 1).ok).toBe(true);
    expect(register.judge(is('c'), at(211), register.position).ok).toBe(true);
  });

  it('does not take a value from the future', () => {
    const register = abc();
    register.begin('d', 300);
    expect(register.judge(is('d'), at(280, 299))).toEqual({ ok: false, staleMs: Infinity });
    expect(register.judge(is('d'), at(280, 300)).ok).toBe(true);
  });

  it('does not take a value that nobody wrote', () => {
    expect(abc().judge(is('x'), at(211))).toEqual({ ok: false, staleMs: Infinity });
  });

  it('lets a write be seen or not while nobody has acknowledged it', () => {
    const register = abc();
    register.begin('d', 300);
    expect(register.judge(is('c'), at(9_000)).ok).toBe(true);
    expect(register.judge(is('d'), at(9_000)).ok).toBe(true);
    register.ack(9_100);
    expect(register.judge(is('c'), at(9_100 + LIMIT + 1)).ok).toBe(false);
  });

  it('forgets a write that was refused', () => {
    const register = abc();
    register.begin('d', 300);
    register.undo();
    expect(register.judge(is('d'), at(9_000)).ok).toBe(false);
    expect(register.judge(is('c'), at(9_000)).ok).toBe(true);
  });

  it('explains what was seen by the newest value that fits: membership in a list', () => {
    const place = new Register<'A' | 'B'>('place', 'A', 0);
    for (const [value, time] of [
      ['B', 100],
      ['A', 2_000],
    ] as const) {
      place.begin(value, time);
      place.ack(time + 10);
    }
    const inA = (value: string) => value === 'A';
    expect(place.judge(inA, at(1_500)).ok).toBe(false); // left 1390 ms before, came back later
    expect(place.judge(inA, at(1_500, 2_050)).ok).toBe(true); // may have seen it come back
    expect(place.judge((value) => value !== 'A', at(2_010 + LIMIT + 1)).ok).toBe(false);
  });

  it('keeps places right when it forgets', () => {
    const register = new Register('n', 0, 0);
    for (let n = 1; n <= 1_000; n += 1) {
      register.begin(n, n);
      register.ack(n);
    }
    expect(register.position).toBe(1_000);
    expect(register.judge((n) => n === 1_000, at(5_000), 1_000).ok).toBe(true);
    expect(register.judge((n) => n === 999, at(1_001), 1_000).ok).toBe(false);
    expect(register.judge((n) => n === 1, at(1_001)).ok).toBe(false);
  });

  it('refuses two writes at once, because their order would be unknown', () => {
    const register = abc();
    register.begin('d', 300);
    expect(() => register.begin('e', 301)).toThrow('two writes at once');
  });
});
