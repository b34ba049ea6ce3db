import { z } from 'zod';
import { Problem } from '../problems/problem';
import { decodeCursor, encodeCursor } from './cursor';
import { cursorTime } from './cursor-keys';
import { linkHeader } from './link';
import { offsetOf } from './page';

const keys = z.tuple([z.string(), z.int()]);
const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return undefined;
};

describe('cursor', () => {
  const cursor = encodeCursor('price', ['12.50', 7]);

  it('comes back as it went', () => expect(decodeCursor(cursor, 'price', keys)).toEqual(['12.50', 7]));

  it('is safe in an address', () => expect(encodeURIComponent(cursor)).toBe(cursor));

  it.each([
    ['of another sort', () => decodeCursor(cursor, 'newest', keys)],
    ['with other keys', () => decodeCursor(encodeCursor('price', [1]), 'price', keys)],
    [
      'of another version',
      () => decodeCursor(Buffer.from('[2,"price","1",7]').toString('base64url'), 'price', keys),
    ],
    ['that is no list', () => decodeCursor(Buffer.from('{"0":1}').toString('base64url'), 'price', keys)],
    ['that is rubbish', () => decodeCursor('%%%', 'price', keys)],
    ['that is empty', () => decodeCursor('', 'price', keys)],
    ['that is huge', () => decodeCursor('A'.repeat(5_000), 'price', keys)],
  ])('%s is refused', (_, decode) => expect(codeOf(decode)).toBe('invalid_cursor'));
});

it.each([
  ['2026-01-31 12:00:00.000', true],
  ['2024-02-29 00:00:00', true],
  ['2026-02-29 00:00:00.000', false],
  ['2026-01-01 24:00:00', false],
  ['0000-00-00 00:00:00', false],
  ['2026-01-31T12:00:00Z', false],
])('a time in a cursor: %s', (text, good) => expect(cursorTime.safeParse(text).success).toBe(good));

describe('offsetOf', () => {
  it('reaches exactly 10,000 rows', () => {
    expect(offsetOf(1, 20)).toBe(0);
    expect(offsetOf(500, 20)).toBe(9_980);
    expect(codeOf(() => offsetOf(501, 20))).toBe('offset_too_deep');
    expect(codeOf(() => offsetOf(Number.MAX_SAFE_INTEGER, 100))).toBe('offset_too_deep');
  });
});

it('builds a Link header that keeps the filters', () => {
  const relations = { first: {}, next: { cursor: 'x' }, prev: undefined, last: { page: 3 } };
  expect(linkHeader('/api/products', { q: 'a&b', inStock: undefined }, relations)).toBe(
    '</api/products?q=a%26b>; rel="first", ' +
      '</api/products?q=a%26b&cursor=x>; rel="next", </api/products?q=a%26b&page=3>; rel="last"',
  );
  expect(linkHeader('/api/products', {}, relations)).toBe(
    '</api/products>; rel="first", </api/products?cursor=x>; rel="next", </api/products?page=3>; rel="last"',
  );
  expect(linkHeader('/api/products', {}, {})).toBe('');
});
