import fc from 'fast-check';
import { isIP } from 'node:net';
import { limitKey, parseAddress } from './address';
import { Networks } from './networks';

const key = (text: string) => {
  const address = parseAddress(text);
  return address && limitKey(address);
};

describe('parseAddress', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    [' 1.2.3.4 ', '1.2.3.4'],
    ['1.2.3.4:8080', '1.2.3.4'],
    ['255.255.255.255', '255.255.255.255'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::ffff:102:304', '1.2.3.4'],
    ['[::ffff:1.2.3.4]:443', '1.2.3.4'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['[2001:db8::1]:443', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['64:ff9b::1.2.3.4', '64:ff9b:0:0::/64'],
  ])('%s is counted as %s', (text, expected) => {
    expect(key(text)).toBe(expected);
  });

  it.each([
    '',
    'unknown',
    '_hidden',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '256.1.1.1',
    '::g',
    '1::2::3',
    '[::1',
    '%',
    ',',
  ])('%j is no address', (text) => {
    expect(key(text)).toBeUndefined();
  });

  it('never throws and agrees with Node on what an address is', () => {
    const text = fc.oneof(
      fc.string(),
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ unit: fc.constantFrom(...'0123456789abf:.[]%') }),
    );
    fc.assert(
      fc.property(text, (one) => {
        const parsed = parseAddress(one);
        if (isIP(one) && !one.includes('%')) expect(parsed).toBeDefined();
        if (!parsed) return;
        expect(parsed.words).toHaveLength(parsed.family === 4 ? 2 : 8);
        for (const word of parsed.words)
          expect(Number.isInteger(word) && word >= 0 && word <= 0xffff).toBe(true);
      }),
    );
  });
});

describe('Networks', () => {
  const has = (cidrs: string[], text: string) => new Networks(cidrs).has(parseAddress(text)!);

  it.each([
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['10.1.2.3/8'], '10.9.9.9', true],
    [['192.0.2.128/25'], '192.0.2.127', false],
    [['192.0.2.128/25'], '192.0.2.128', true],
    [['172.16.0.0/12'], '172.31.255.255', true],
    [['172.16.0.0/12'], '172.32.0.0', false],
    [['192.0.2.1'], '192.0.2.1', true],
    [['192.0.2.1'], '192.0.2.2', false],
    [['0.0.0.0/0'], '8.8.8.8', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['2001:db8::/33'], '2001:db8:7fff::1', true],
    [['2001:db8::/33'], '2001:db8:8000::1', false],
    [['::ffff:10.0.0.0/104'], '10.9.9.9', true],
    [['10.0.0.0/8'], '::ffff:10.9.9.9', true],
  ])('%j has %s: %s', (cidrs, text, expected) => {
    expect(has(cidrs, text)).toBe(expected);
  });

  it.each(['10.0.0.0/33', '10.0.0/8', '::/129', 'x', '1.2.3.4/', '1.2.3.4/8/8'])('refuses %s', (cidr) => {
    expect(() => new Networks([cidr])).toThrow(/is not a network/);
  });
});
