/**
 * Compares two amounts that are not negative, written as DECIMAL writes them (`19.90`, `1234.5000`), digit by digit.
 *
 * @returns below 0, 0 or above 0 as `a` is smaller than, equal to or greater than `b`
 */
export function compareDecimals(a: string, b: string): number {
  const [aWhole = '', aRest = ''] = a.split('.');
  const [bWhole = '', bRest = ''] = b.split('.');
  const places = Math.max(aRest.length, bRest.length);
  const difference = BigInt(aWhole + aRest.padEnd(places, '0')) - BigInt(bWhole + bRest.padEnd(places, '0'));
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
