import { renderMetrics } from '@prior/telemetry';
import { type Breaker, breaker, BreakerOpenError, type BreakerOptions, breakerStates } from './breaker';
import { TimeLimitError } from './time-limit';

const made: Breaker<never[], unknown>[] = [];
const make = <A extends unknown[], R>(
  action: (...args: A) => Promise<R>,
  options: Partial<BreakerOptions> = {},
) => {
  const one = breaker('test', action, { timeoutMs: 1_000, resetMs: 10, volume: 3, ...options });
  made.push(one as unknown as Breaker<never[], unknown>);
  return one;
};
const until = async (met: () => boolean) => {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 2));
};

afterEach(() => {
  for (const one of made.splice(0)) one.close();
});

describe('breaker', () => {
  const down = () => Promise.reject(new Error('down'));

  it.each([
    ['a time limit', 1_000],
    ['none', false],
  ] as const)('opens after failures, refuses, then recovers by one try: with %s', async (_, timeoutMs) => {
    let healthy = false;
    let calls = 0;
    const states: string[] = [];
    const action = async () => {
      calls += 1;
      if (!healthy) throw new Error('down');
      return 'ok';
    };
    const one = make(action, { timeoutMs, resetMs: 30, onChange: (state) => states.push(state) });
    for (let i = 0; i < 4; i += 1) await expect(one.fire()).rejects.toThrow();
    expect(one.state).toBe('open');
    expect(breakerStates()).toEqual({ test: 'open' });
    const before = calls;
    const error = await one.fire().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BreakerOpenError);
    expect((error as BreakerOpenError).retryAfterMs).toBeLessThanOrEqual(30);
    expect(calls).toBe(before);
    expect(await renderMetrics()).toContain('prior_breaker_state{name="test"} 2');

    healthy = true;
    await until(() => one.state === 'half-open');
    await expect(one.fire()).resolves.toBe('ok');
    expect(one.state).toBe('closed');
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it.each([
    ['a time limit', 1_000],
    ['none', false],
  ] as const)('weighs failures against what succeeds: with %s', async (_, timeoutMs) => {
    const one = make((works: boolean) => (works ? Promise.resolve() : down()), { timeoutMs });
    const fail = (times: number) =>
      Promise.all(Array.from({ length: times }, () => expect(one.fire(false)).rejects.toThrow('down')));
    for (let i = 0; i < 9; i += 1) await one.fire(true);
    await fail(8);
    expect(one.state).toBe('closed');
    await fail(2);
    expect(one.state).toBe('open');
  });

  it('does not open for errors that are answers', async () => {
    const one = make(() => Promise.reject(Object.assign(new Error('dup'), { code: 'ER_DUP_ENTRY' })), {
      isFailure: (error) => (error as { code?: string }).code !== 'ER_DUP_ENTRY',
    });
    for (let i = 0; i < 20; i += 1) await expect(one.fire()).rejects.toThrow('dup');
    expect(one.state).toBe('closed');
  });

  it('counts a call that takes too long as failed, whatever isFailure says', async () => {
    const one = make(() => new Promise<never>(() => undefined), {
      timeoutMs: 5,
      isFailure: () => false,
      resetMs: 60_000,
    });
    for (let i = 0; i < 3; i += 1) await expect(one.fire()).rejects.toBeInstanceOf(TimeLimitError);
    expect(one.state).toBe('open');
  });

  it('leaves a time-out of the action itself alone', async () => {
    const own = Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' });
    await expect(make(() => Promise.reject(own)).fire()).rejects.toBe(own);
  });

  it('opens at once when somebody has proof, and tries again as usual', async () => {
    const one = make(() => Promise.resolve('ok'), { resetMs: 20 });
    one.trip();
    await expect(one.fire()).rejects.toBeInstanceOf(BreakerOpenError);
    await until(() => one.state === 'half-open');
    await expect(one.fire()).resolves.toBe('ok');
    expect(one.state).toBe('closed');
  });

  it('shows the worst of those that share a name, and forgets closed ones', async () => {
    const one = make(down);
    const other = make(down, { resetMs: 60_000 });
    other.trip();
    expect(breakerStates()).toEqual({ test: 'open' });
    expect(await renderMetrics()).toContain('prior_breaker_state{name="test"} 2');
    other.close();
    expect(breakerStates()).toEqual({ test: 'closed' });
    one.close();
    expect(breakerStates()).toEqual({});
    expect(await renderMetrics()).not.toContain('prior_breaker_state{name="test"}');
  });
});
