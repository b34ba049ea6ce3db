import { ConsistencyTokens, TOKEN_TTL_MS } from './consistency-token';

describe('ConsistencyTokens', () => {
  const tokens = new ConsistencyTokens('a secret of the test, thirty-two chars');

  it('says what its holder is owed', () => {
    expect(tokens.read(tokens.issue(true))).toBe('strict');
    expect(tokens.read(tokens.issue(false))).toBe('bypass');
  });

  it('is worth nothing after its time', () => {
    const token = tokens.issue(true, 1_000_000);
    expect(tokens.read(token, 1_000_000 + TOKEN_TTL_MS - 1)).toBe('strict');
    expect(tokens.read(token, 1_000_000 + TOKEN_TTL_MS)).toBeUndefined();
  });

  it('goes on to say that an earlier write was not published, as long as that one said it', () => {
    const first = tokens.issue(false, 1_000_000);
    const second = tokens.issue(true, 1_004_000, ['rubbish', first]);
    const third = tokens.issue(true, 1_008_000, [second]);
    expect(tokens.read(second, 1_004_000)).toBe('bypass');
    expect(tokens.read(third, 1_000_000 + TOKEN_TTL_MS - 1)).toBe('bypass');
    expect(tokens.read(third, 1_000_000 + TOKEN_TTL_MS)).toBe('strict');
    expect(tokens.read(tokens.issue(true, 1_020_000, [first]), 1_020_000)).toBe('strict');
  });

  it.each(['flag', 'expiry', 'signature', 'other secret'])('is worth nothing when forged: %s', (what) => {
    const token = tokens.issue(true);
    const [version, expiry, flag, signature] = token.split('.') as [string, string, string, string];
    const forged = {
      flag: [version, expiry, flag === 's' ? 'u' : 's', signature].join('.'),
      expiry: [version, (parseInt(expiry, 36) + 1).toString(36), flag, signature].join('.'),
      signature: [version, expiry, flag, signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))].join('.'),
      'other secret': new ConsistencyTokens('another').issue(true),
    }[what]!;
    expect(tokens.read(forged)).toBeUndefined();
  });

  it.each([
    '',
    'x',
    '1..s.',
    '1.zzzzzzzzzzzzzzzz.s.aaaaaaaaaaaaaaaaaaaaaa',
    '💥',
    '1.a.s.' + 'a'.repeat(500),
  ])('does not choke on %p', (rubbish) => expect(tokens.read(rubbish)).toBeUndefined());
});
