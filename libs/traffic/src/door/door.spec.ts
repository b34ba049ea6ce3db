import type { IncomingMessage } from 'node:http';
import type { Principal } from '@prior/http';
import { metrics } from '@prior/telemetry';
import { ClientAddresses } from '../address/client-address';
import { RateLimiter } from '../rate-limit/limiter';
import { perMinute, Quotas } from '../rate-limit/quotas';
import { decidedOf } from './decided';
import { Door } from './door';

const ada: Principal = { subject: 'ada', role: 'customer' };

describe('Door', () => {
  let limiter: RateLimiter;
  let warnings: string[];
  const door = (
    trust: string[],
    who: { recall?: Principal; identify?: () => Promise<Principal | null> } = {},
  ) => {
    const quotas = new Quotas({ readPerMin: 2, writePerMin: 1, servicePerMin: 10, exempt: ['10.0.0.0/8'] });
    const authenticator = { recall: () => who.recall, identify: who.identify ?? (async () => null) };
    return new Door(new ClientAddresses(trust), quotas, limiter, authenticator, (text) =>
      warnings.push(text),
    );
  };
  const request = (headers: Record<string, string> = {}, remoteAddress = '203.0.113.1') =>
    ({ method: 'GET', headers, socket: { remoteAddress } }) as unknown as IncomingMessage;

  beforeEach(() => {
    limiter = new RateLimiter({ session: () => undefined, now: () => 0 });
    warnings = [];
  });
  afterEach(() => limiter.stop());

  it('answers without a promise when the answer is cheap and the caller known', () => {
    const one = request();
    expect(door([]).enter(one, true)).toMatchObject({ allowed: true, remaining: 1 });
    expect(decidedOf(one)).toMatchObject({ allowed: true });
  });

  it('refuses without a promise while a denial runs, also what is not cheap', async () => {
    const entrance = door([]);
    for (let i = 0; i < 2; i += 1) await entrance.enter(request(), false);
    expect(entrance.enter(request(), false)).toMatchObject({ allowed: false, by: 'memory' });
  });

  it('knows a denial that runs without counting anything', async () => {
    const entrance = door([]);
    expect(entrance.denied(request())).toBeUndefined();
    for (let i = 0; i < 3; i += 1) await entrance.enter(request(), false);
    expect(entrance.denied(request())).toMatchObject({ allowed: false });
    expect(entrance.denied(request({}, '203.0.113.2'))).toBeUndefined();
    expect(entrance.denied(request({ authorization: 'Bearer not seen before' }))).toBeUndefined();
  });

  it('marks whom it does not count', () => {
    const one = request({}, '10.1.1.1');
    expect(door([]).enter(one, true)).toBeUndefined();
    expect(decidedOf(one)).toBe('exempt');
  });

  it('counts once who is exempt, on every way in, under the limit that it would have had', async () => {
    const own = perMinute('own', 1);
    const of = (name: string) => metrics.traffic.rateLimit.cell(name, 'exempt').n;
    const counts = () => ['read', 'write', 'service', 'own'].map(of);
    const before = counts();
    const shop: Principal = { subject: 'shop', role: 'service' };
    const entrance = door([], { recall: shop });
    const one = request({}, '10.1.1.1');
    expect(entrance.enterAtOnce(one)).toBe('exempt');
    expect(entrance.denied(one)).toBeUndefined();
    await entrance.enter(one, true);
    await entrance.enter(one, false);
    await entrance.enter({ ...request({}, '10.1.1.1'), method: 'POST' } as IncomingMessage, false);
    await entrance.enter(request({ authorization: 'Bearer shop' }, '10.1.1.1'), false);
    await entrance.enter(request(), false, { exempt: true, own });
    expect(counts().map((n, i) => n - before[i]!)).toEqual([2, 1, 1, 1]);
  });

  it('waits for a token that was not verified before, and falls back to the address without keys', async () => {
    const headers = { authorization: 'Bearer x' };
    const known = door([], { identify: async () => ada });
    for (let i = 0; i < 2; i += 1) await known.enter(request(headers), true);
    expect(await known.enter(request(headers, '203.0.113.99'), true)).toMatchObject({ allowed: false });

    const keyless = door([], { identify: () => Promise.reject(new Error('no keys')) });
    expect(await keyless.enter(request(headers, '203.0.113.98'), true)).toMatchObject({ allowed: true });
  });

  it('warns once when a proxy that nobody trusts forwards addresses', () => {
    const entrance = door([]);
    void entrance.enter(request(), true);
    expect(warnings).toHaveLength(0);
    void entrance.enter(request({ 'x-forwarded-for': '1.2.3.4' }), true);
    void entrance.enter(request({ 'cf-connecting-ip': '1.2.3.4' }), true);
    expect(warnings).toEqual([expect.stringContaining('Set TRUST_PROXY')]);
  });

  it('does not warn when it knows its proxies', () => {
    void door(['loopback']).enter(request({ 'x-forwarded-for': '1.2.3.4' }), true);
    expect(warnings).toHaveLength(0);
  });
});
