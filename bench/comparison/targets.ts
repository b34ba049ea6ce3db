import { digits, ratio } from '../report/numbers';
import type { Table } from '../report/table';
import type { Measured } from './rounds';

/** A ratio of medians that is wanted; below `floor` the benchmark fails. */
interface Target {
  readonly of: string;
  readonly to: string;
  readonly least: number;
  readonly floor?: number;
}

const TARGETS: readonly Target[] = [
  { of: 'l1', to: 'fastify', least: 1, floor: 0.85 },
  { of: 'l1', to: 'recommended', least: 4 },
  { of: '304', to: 'l1', least: 1 },
  { of: 'redis', to: 'recommended', least: 2 },
  { of: 'database', to: 'fastify-mysql', least: 0.7 },
  { of: 'database', to: 'fastify-mysql-connection', least: 0.7 },
  { of: 'database', to: 'recommended-miss', least: 5 },
];

/** Of the 99th percentiles at half of bare Fastify's throughput. */
export const MOST_P99 = 2;

export interface Verdict {
  readonly what: string;
  readonly value: number;
  readonly target: string;
  readonly ok: boolean;
  /** False ends the benchmark with status 1. */
  readonly aboveFloor: boolean;
}

/** Those targets of which both sides were measured. */
export function verdictsOf(measured: readonly Measured[]): Verdict[] {
  const find = (id: string) => measured.find((one) => one.id === id);
  return TARGETS.flatMap(({ of, to, least, floor = least }) => {
    const [a, b] = [find(of), find(to)];
    if (!a || !b) return [];
    const value = ratio(a.perS, b.perS);
    const target = `≥ ${least}${floor < least ? ` (floor ${floor})` : ''}`;
    return [
      { what: `${a.title} / ${b.title}`, value, target, ok: value >= least, aboveFloor: value >= floor },
    ];
  });
}

export function p99Verdict(ours: readonly number[], bare: readonly number[]): Verdict {
  const value = ratio(ours, bare);
  const ok = value <= MOST_P99;
  return {
    what: 'p99 of an L1 hit / p99 of bare Fastify, at half of its throughput',
    value,
    target: `≤ ${MOST_P99}`,
    ok,
    aboveFloor: ok,
  };
}

export const verdictTable = (verdicts: readonly Verdict[]): Table => [
  ['ratio (median of rounds)', 'measured', 'target', ''],
  ...verdicts.map(({ what, value, target, ok, aboveFloor }) => [
    what,
    digits(value),
    target,
    ok ? 'ok' : aboveFloor ? 'above the floor' : 'MISSED',
  ]),
];
