import fc from 'fast-check';
import { ClientAddresses } from './client-address';

const of = (trust: string[], peer: string | undefined, headers: Record<string, string | string[]> = {}) =>
  new ClientAddresses(trust).of(peer, headers).key;

describe('ClientAddresses', () => {
  const forged = { 'x-forwarded-for': '9.9.9.9', 'cf-connecting-ip': '8.8.8.8', 'x-real-ip': '7.7.7.7' };

  it('believes no header of a peer that is not trusted', () => {
    expect(of([], '203.0.113.5', forged)).toBe('203.0.113.5');
    expect(of(['loopback', 'private', 'cloudflare'], '203.0.113.5', forged)).toBe('203.0.113.5');
  });

  it('walks from the right and stops at the first address that is not ours', () => {
    const headers = { 'x-forwarded-for': '9.9.9.9, 203.0.113.5, 10.0.0.7' };
    expect(of(['loopback', 'private'], '127.0.0.1', headers)).toBe('203.0.113.5');
    expect(of(['loopback'], '127.0.0.1', headers)).toBe('10.0.0.7');
  });

  it('cannot be steered by what the client put before', () => {
    const real = '203.0.113.5';
    fc.assert(
      fc.property(fc.string(), (junk) => {
        expect(of(['loopback'], '::ffff:127.0.0.1', { 'x-forwarded-for': `${junk}, ${real}` })).toBe(real);
      }),
    );
  });

  it('takes the leftmost when all are ours, and the peer when nothing was forwarded', () => {
    expect(of(['private'], '10.0.0.1', { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' })).toBe('10.0.0.3');
    expect(of(['private'], '10.0.0.1')).toBe('10.0.0.1');
  });

  it('lets the last known hop stand for garbage', () => {
    expect(of(['private'], '10.0.0.1', { 'x-forwarded-for': 'unknown' })).toBe('10.0.0.1');
    expect(of(['private'], '10.0.0.1', { 'x-forwarded-for': '1.1.1.1,,10.0.0.2' })).toBe('10.0.0.2');
  });

  it('takes the word of Cloudflare only from Cloudflare', () => {
    const trust = ['loopback', 'cloudflare'];
    const cf = '162.158.1.1';
    expect(of(trust, cf, { 'cf-connecting-ip': '198.51.100.2', 'x-forwarded-for': '9.9.9.9' })).toBe(
      '198.51.100.2',
    );
    // nginx before us, Cloudflare before nginx
    const behind = { 'cf-connecting-ip': '198.51.100.2', 'x-forwarded-for': `9.9.9.9, 198.51.100.2, ${cf}` };
    expect(of(trust, '127.0.0.1', behind)).toBe('198.51.100.2');
    // a client that went round Cloudflare and reached nginx
    const round = { 'cf-connecting-ip': '8.8.8.8', 'x-forwarded-for': '203.0.113.5' };
    expect(of(trust, '127.0.0.1', round)).toBe('203.0.113.5');
    // Cloudflare's ranges mean nothing to those who do not use it
    expect(of(['loopback'], '127.0.0.1', { ...round, 'x-forwarded-for': cf })).toBe(cf);
  });

  it('joins repeated headers', () => {
    expect(of(['private'], '10.0.0.1', { 'x-forwarded-for': ['1.1.1.1', '2.2.2.2'] })).toBe('2.2.2.2');
  });

  it('gives everybody without a readable address one limit together', () => {
    expect(of(['loopback'], undefined, forged)).toBe('0.0.0.0');
    expect(of(['loopback'], 'socket:7', forged)).toBe('0.0.0.0');
  });

  it('does not work through endless lists', () => {
    const headers = { 'x-forwarded-for': `1.1.1.1${', 10.0.0.9'.repeat(5_000)}` };
    expect(of(['private'], '10.0.0.1', headers)).toBe('10.0.0.9');
  });
});
