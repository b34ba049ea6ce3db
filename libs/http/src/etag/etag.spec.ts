import { Problem } from '../problems/problem';
import { assertRev, etagOf, matchesRev, noneMatch, revTag } from './etag';

const bytes = Buffer.from('{"id":1}');

it('is the same for the same bytes and another for others', () => {
  expect(etagOf(bytes)).toBe(etagOf(Buffer.from(bytes)));
  expect(etagOf(bytes)).not.toBe(etagOf(Buffer.from('{"id":2}')));
  expect(etagOf(bytes, { id: 7, rev: 12 })).toMatch(/^"r7\.12-[\w-]{16}"$/);
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
  const row = { id: 7, rev: 3 };
  it.each(['"r7.3-xyz"', 'W/"r7.3-xyz+br"', `"${revTag(row)}"`, '"r7.1-a", "r7.3-b"', '*'])(
    '%s allows revision 3 of row 7',
    (header) => expect(matchesRev(header, row)).toBe(true),
  );
  it.each(['"r7.33-xyz"', '"r7.2-xyz"', 'r7.3-xyz', '"xr7.3-"', '"r7.3.1"', ''])('%s does not', (header) =>
    expect(matchesRev(header, row)).toBe(false),
  );
  it.each(['"r8.3-xyz"', '"r8.3"', '"r77.3-xyz"', 'W/"r8.3-xyz", "r17.3"'])('%s is another row', (header) =>
    expect(matchesRev(header, row)).toBe(false),
  );
  it.each(['"r3-xyz"', '"r3"', 'W/"r3-xyz"'])('%s names no row', (header) =>
    expect(matchesRev(header, row)).toBe(false),
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
    expect(status(() => assertRev('"r7.2-x"', row))).toBe(412);
    expect(status(() => assertRev(undefined, row, true))).toBe(428);
    expect(status(() => assertRev(undefined, row))).toBe(200);
  });
});
