/** Hundredths of an amount such as `1234.50`; undefined for any other text. BigInt: no price is ever a float. */
export function hundredths(text: string): bigint | undefined {
  const [, whole, part = ''] = /^(\d{1,10})(?:\.(\d{1,2})0*)?$/.exec(text) ?? [];
  return whole === undefined ? undefined : BigInt(whole + part.padEnd(2, '0'));
}

export function amountOf(value: bigint): string {
  const digits = value.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
