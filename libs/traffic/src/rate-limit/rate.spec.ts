import { type Caller, Callers } from './callers';
import { decision } from './decision';
import { rateHeaders } from './headers';
import { perMinute } from './quotas';
import { rateOf, remaining, unsettledMax, waitUs } from './rate';

describe('rate', () => {
  it('spreads the limit over the window and never rounds up what is admitted', () => {
    expect(rateOf({ limit: 100, windowMs: 60_000 })).toEqual({
      intervalUs: 600_000,
      toleranceUs: 60_000_000,
    });
    const odd = rateOf({ limit: 7, windowMs: 60_000 });
    expect(60_000_000 / odd.intervalUs).toBeLessThanOrEqual(7);
    expect(remaining(0, odd)).toBe(7);
  });

  it('counts down to the last request and says when the next fits', () => {
    const rate = rateOf({ limit: 2, windowMs: 2_000 });
    expect([0, 1, 1_000_000, 1_000_001, 2_000_000].map((owed) => remaining(owed, rate))).toEqual([
      2, 1, 1, 0, 0,
    ]);
    expect([1_000_000, 1_500_000, 2_000_000].map((owed) => waitUs(owed, rate))).toEqual([
      0, 500_000, 1_000_000,
    ]);
  });

  it('lets a process vouch for a twentieth, but at least for one', () => {
    expect([1, 19, 20, 100, 6_000].map(unsettledMax)).toEqual([1, 1, 1, 5, 300]);
  });
});

describe('headers', () => {
  const policy = perMinute('read', 100);

  it('say the policy and the standing', () => {
    expect(rateHeaders(decision(policy, true, 'redis', 600_000))).toEqual({
      'ratelimit-policy': '"read";q=100;w=60',
      ratelimit: '"read";r=99;t=1',
    });
  });

  it('say when to come back, in whole seconds and at least one', () => {
    const denied = decision(policy, false, 'redis', 60_000_000);
    expect(rateHeaders(denied)).toMatchObject({ ratelimit: '"read";r=0;t=60', 'retry-after': '1' });
    expect(decision(policy, false, 'redis', 65_000_000).retryAfterS).toBe(6);
  });
});

describe('Callers', () => {
  const rate = rateOf({ limit: 10, windowMs: 1_000 });

  it('stay few under a million addresses', () => {
    const callers = new Callers(1_000);
    let most = 0;
    for (let i = 0; i < 1_000_000; i += 1) {
      callers.get(`k${i}`, rate);
      if (i % 997 === 0) most = Math.max(most, callers.size);
    }
    expect(most).toBeLessThanOrEqual(1_001);
  });

  it('keep those in use and forget the others', () => {
    const callers = new Callers(100);
    const used = callers.get('used', rate);
    for (let i = 0; i < 1_000; i += 1) {
      callers.get(`k${i}`, rate);
      expect(callers.find('used')).toBe(used);
    }
    expect(callers.find('k0')).toBeUndefined();
  });

  it('never forget a caller with an open account', () => {
    const callers = new Callers(10);
    const open: Caller = callers.get('open', rate);
    open.pending = 1;
    for (let i = 0; i < 1_000; i += 1) callers.get(`k${i}`, rate);
    expect(callers.get('open', rate)).toBe(open);
  });
});
