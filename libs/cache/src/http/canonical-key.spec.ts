import { canonicalKey } from './canonical-key';

describe('canonicalKey', () => {
  it('is the same for every order and for absent values', () => {
    expect(canonicalKey('/p', {}, { b: 1, a: [2, 3], c: undefined })).toBe(
      canonicalKey('/p', {}, { a: [2, 3], b: 1 }),
    );
  });

  it.each([
    [{ a: '1' }, { a: 1 }],
    [{ a: '1,2' }, { a: ['1', '2'] }],
    [{ a: 'x', b: 'y' }, { a: 'x","b":"y' }],
    [{ 'a b': 1 }, { a: 'b 1' }],
  ])('keeps %p and %p apart', (one, other) => {
    expect(canonicalKey('/p', {}, one)).not.toBe(canonicalKey('/p', {}, other));
  });

  it('keeps routes and path parameters apart', () => {
    const keys = [
      canonicalKey('/p/:slug', { slug: 'a' }, {}),
      canonicalKey('/p/:slug', { slug: 'b' }, {}),
      canonicalKey('/p/:slug/reviews', { slug: 'a' }, {}),
      canonicalKey('/p', {}, { slug: 'a' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
