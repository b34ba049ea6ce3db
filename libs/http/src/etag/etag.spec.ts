import { Problem } from '../problems/problem';
import { assertRev, etagOf, matchesRev, noneMatch } from './etag';

const bytes = Buffer.from('{"id":1}');

it('is the same for the same bytes and another for others', () => {
  expect(etagOf(bytes)).toBe(etagOf(Buffer.from(bytes)));
  expect(etagOf(bytes)).not.toBe(etagOf(Buffer.from('{"id":2}')));
  expect(etagOf(bytes, 12)).toMatch(/^"r12-[\w-]{16}"$/);
});

describe('noneMatch', () => {
  const etag = '"abc"';
  it.each(['"abc"', 'W/"abc"', '*', ' * ', '"x", "abc"', '"x,y",W/"abc"'])('%s names it', (header) =>
    expect(noneMatch(header, etag)).toBe(true),
  );
  it.each([undefined, '', '"ABC"', 'abc', '"x"', '"abcd"', '"x,"abc'])('%s does not', (header) =>
    expect(noneMatch(header, etag)).toBe(false),
  );
});

describe('matchesRev', () => {
  it.each(['"r3-xyz"', 'W/"r3-xyz"', '"r3"', '"r1-a", "r3-b"', '*'])('%s allows revision 3', (header) =>
    expect(matchesRev(header, 3)).toBe(true),
  );
  it.each(['"r33-xyz"', '"r2-xyz"', 'r3-xyz', '"xr3-"', ''])('%s does not', (header) =>
    expect(matchesRev(header, 3)).toBe(false),
  );

  it('throws 412 or 428', () => {
    const status = (work: () => void): number => {
      try {
        work();
      } catch (error) {
        return (error as Problem).getStatus();
      }
      return 200;
    };
    expect(status(() => assertRev('"r2-x"', 3))).toBe(412);
    expect(status(() => assertRev(undefined, 3, true))).toBe(428);
    expect(status(() => assertRev(undefined, 3))).toBe(200);
  });
});
