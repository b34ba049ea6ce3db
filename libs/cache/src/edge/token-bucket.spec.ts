import { TokenBucket } from './token-bucket';

describe('TokenBucket', () => {
  let now = 0;
  const bucket = (perMinute: number, burst: number) => new TokenBucket(perMinute, burst, () => now);
  const taken = (from: TokenBucket) => {
    let n = 0;
    while (from.take()) n += 1;
    return n;
  };

  it('lets the burst pass, then the rate', () => {
    const free = bucket(5, 25);
    expect(taken(free)).toBe(25);
    expect(free.waitMs()).toBe(12_000);
    now += 11_999;
    expect(free.take()).toBe(false);
    now += 1;
    expect(free.take()).toBe(true);
    now += 36_000;
    expect(taken(free)).toBe(3);
  });

  it('saves up no more than the burst', () => {
    const pro = bucket(300, 25);
    now += 3_600_000;
    expect(pro.fill()).toBe(1);
    expect(taken(pro)).toBe(25);
  });
});
