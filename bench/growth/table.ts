import { digits } from '../report/numbers';
import type { Table } from '../report/table';

/** p50 of the largest catalogue, at most so many times that of the smallest. */
export const MOST_GROWTH = 1.5;
/** RSS may differ by so much: what a process has touched is never the same twice, MB. */
const MEMORY_SLACK_MB = 30;

export interface Grown {
  readonly id: string;
  readonly title: string;
  readonly bound?: string;
  /** By size, the smallest first: ms, and rows that one answer reads. */
  readonly p50: readonly number[];
  readonly rows: readonly number[];
}

export const growthOf = ({ p50 }: Grown): number => p50.at(-1)! / p50[0]!;

/** @returns false only where a row grows and nothing says what bounds it */
export const isBounded = (grown: Grown): boolean =>
  growthOf(grown) <= MOST_GROWTH || grown.bound !== undefined;

export const memoryIsFlat = (mb: readonly number[]): boolean => mb.at(-1)! <= mb[0]! + MEMORY_SLACK_MB;

export const growthTable = (sizes: readonly number[], rows: readonly Grown[]): Table => [
  [
    'p50 in ms, rows read by one answer',
    ...sizes.flatMap((size) => [size.toLocaleString('en'), 'rows']),
    'largest / smallest',
    '',
  ],
  ...rows.map((grown) => [
    grown.title,
    ...grown.p50.flatMap((p50, i) => [digits(p50), digits(grown.rows[i]!)]),
    digits(growthOf(grown)),
    growthOf(grown) <= MOST_GROWTH ? 'ok' : grown.bound ? `grows: ${grown.bound}` : 'MISSED',
  ]),
];

export const memoryTable = (sizes: readonly number[], mb: readonly number[]): Table => [
  ['', ...sizes.map((size) => size.toLocaleString('en')), ''],
  ['worker, MB (RSS)', ...mb.map(digits), memoryIsFlat(mb) ? 'ok' : 'MISSED'],
];
