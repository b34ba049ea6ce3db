import fc from 'fast-check';
import { isoTime } from './iso-time';

it('is what toISOString makes of any time', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (date) => {
      expect(isoTime(date.getTime())).toBe(date.toISOString());
    }),
    { numRuns: 2_000 },
  );
});

it.each([0, -1, 86_399_999, 86_400_000, -62_198_755_200_000, 253_402_300_800_000])('of %d ms too', (ms) => {
  expect(isoTime(ms)).toBe(new Date(ms).toISOString());
  expect(isoTime(ms)).toBe(new Date(ms).toISOString());
});

it('throws for what is no time', () => {
  expect(() => isoTime(NaN)).toThrow(RangeError);
});
