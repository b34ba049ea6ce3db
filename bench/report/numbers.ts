/** @param values not empty */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Nearest rank. @param sorted ascending @param share 0 to 1 @returns NaN of nothing */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? NaN;

export const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** Median of a/b, round by round: what disturbed a round disturbed both of its sides. Of medians, where rounds differ. */
export const ratio = (a: readonly number[], b: readonly number[]): number =>
  a.length === b.length ? median(a.map((value, round) => value / b[round]!)) : median(a) / median(b);

/** Three digits that matter. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(Math.abs(value) < 0.01 ? 2 : 3)));
}
