import { ClientAddresses } from '../address/client-address';
import { perMinute, Quotas } from './quotas';

const client = (ip: string) => new ClientAddresses([]).of(ip, {});
const quotas = new Quotas({
  readPerMin: 100,
  writePerMin: 20,
  servicePerMin: 6_000,
  exempt: ['10.1.0.0/16'],
});
const of = (...args: Parameters<Quotas['of']>) => {
  const quota = quotas.of(...args);
  return quota && `${quota.policy.name} ${quota.policy.limit} ${quota.caller}`;
};

describe('Quotas', () => {
  const ada = { subject: 'ada', role: 'customer' } as const;

  it('limit reads and writes apart, by address or by who is signed in', () => {
    expect(of('GET', client('1.2.3.4'))).toBe('read 100 a:1.2.3.4');
    expect(of('HEAD', client('1.2.3.4'))).toBe('read 100 a:1.2.3.4');
    expect(of('POST', client('1.2.3.4'))).toBe('write 20 a:1.2.3.4');
    expect(of('PATCH', client('1.2.3.4'), ada)).toBe('write 20 s:ada');
  });

  it('give the shop its own limit for everything', () => {
    const shop = { subject: 'shop', role: 'service' } as const;
    expect(of('GET', client('1.2.3.4'), shop)).toBe('service 6000 s:shop');
    expect(of('POST', client('9.9.9.9'), shop)).toBe('service 6000 s:shop');
  });

  it('do not mix up a subject with the address that it looks like', () => {
    const sly = { subject: '1.2.3.4', role: 'customer' } as const;
    expect(of('GET', client('1.2.3.4'), sly)).not.toBe(of('GET', client('1.2.3.4')));
  });

  it('leave exempt networks alone, everywhere or on one route', () => {
    expect(of('GET', client('10.1.2.3'))).toBeUndefined();
    expect(of('GET', client('::ffff:10.1.2.3'))).toBeUndefined();
    const route = { exemptNetworks: ['2001:db8::/32'] };
    expect(of('GET', client('2001:db8::1'), undefined, route)).toBeUndefined();
    expect(of('GET', client('2001:db8::1'))).toBe('read 100 a:2001:db8:0:0::/64');
    expect(of('POST', client('1.1.1.1'), undefined, { exempt: true })).toBeUndefined();
  });

  it('count a route with a limit of its own apart', () => {
    expect(of('POST', client('1.2.3.4'), undefined, { own: perMinute('sign-in', 5) })).toBe(
      'sign-in 5 a:1.2.3.4',
    );
  });
});
