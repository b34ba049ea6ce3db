import type { Series } from '../report/charts';
import { digits } from '../report/numbers';
import type { Table } from '../report/table';
import type { Step } from './step';

/** What the largest step must keep to. */
export interface Goal {
  readonly p95Ms: number;
  readonly workerMb: number;
  /** Of what users who wait 2.5 s on average can ask at most. */
  readonly share: number;
}
export const GOAL: Goal = { p95Ms: 100, workerMb: 300, share: 0.975 };

/** Requests a second that so many users ask when answers take no time. */
export const ceilingOf = (users: number): number => users / 2.5;

export interface Judged {
  readonly what: string;
  readonly value: string;
  readonly target: string;
  readonly ok: boolean;
}

/** At 10,000 users the throughput wanted is 3,900 requests a second. */
export function judge({ users, visit, workerMb }: Step, goal: Goal = GOAL): Judged[] {
  const least = Math.floor(ceilingOf(users) * goal.share);
  const row = (what: string, value: number, unit: string, target: string, ok: boolean): Judged => ({
    what: `${users.toLocaleString('en')} users: ${what}`,
    value: `${digits(value)}${unit}`,
    target,
    ok,
  });
  return [
    row('failed', visit.failed, '', '0', visit.failed === 0 && visit.requests > 0),
    row('p95', visit.latency.p95, ' ms', `< ${goal.p95Ms} ms`, visit.latency.p95 < goal.p95Ms),
    row('throughput', visit.perS, '/s', `≥ ${least.toLocaleString('en')}/s`, visit.perS >= least),
    row(
      'largest worker',
      workerMb,
      ' MB',
      `≤ ${goal.workerMb} MB`,
      workerMb > 0 && workerMb <= goal.workerMb,
    ),
  ];
}

export const judgedTable = (rows: readonly Judged[]): Table => [
  ['', 'measured', 'target', ''],
  ...rows.map(({ what, value, target, ok }) => [what, value, target, ok ? 'ok' : 'MISSED']),
];

export const stepTable = (steps: readonly Step[]): Table => [
  [
    'users',
    'requests/s',
    'failed',
    'mean ms',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'max ms',
    'worker MB',
    'generator',
  ],
  ...steps.map(({ users, visit: { perS, failed, latency }, workerMb, generator }) => [
    users.toLocaleString('en'),
    digits(perS),
    String(failed),
    ...[latency.mean, latency.p50, latency.p95, latency.p99, latency.max].map(digits),
    digits(workerMb),
    `${Math.round(generator * 100)} %`,
  ]),
];

/** The report's table 8.2 with what was measured here beside it. */
export function criteriaTable(steps: readonly Step[]): Table {
  const cells = (of: (step: Step) => string) => steps.map(of);
  const failed = ({ visit: { failed: count, requests } }: Step) => `${digits((100 * count) / requests)} %`;
  return [
    [
      'report, table 8.2',
      'its current',
      'its target',
      'its week 3',
      ...cells(({ users }) => `${users.toLocaleString('en')} users`),
    ],
    [
      'p95 response',
      '58.23 s',
      '< 500 ms',
      '< 500 ms',
      ...cells(({ visit }) => `${digits(visit.latency.p95)} ms`),
    ],
    [
      'average response',
      '11.94 s',
      '< 200 ms',
      '< 200 ms',
      ...cells(({ visit }) => `${digits(visit.latency.mean)} ms`),
    ],
    ['failure rate', '5.14 %', '< 0.1 %', '< 0.1 %', ...cells(failed)],
    ['throughput', '26/s', '300/s', '500/s', ...cells(({ visit }) => `${digits(visit.perS)}/s`)],
    ['concurrent users', '500', '10,000', '10,000', ...cells(({ users }) => users.toLocaleString('en'))],
  ];
}

/** The report's table 4.3. */
const REPORTED = [
  { users: 100, perS: 40, p95: 3_000 },
  { users: 500, perS: 32, p95: 20_000 },
  { users: 1_000, perS: 26, p95: 58_230 },
];

export const throughputCurves = (steps: readonly Step[]): Series[] => [
  { name: 'ours', points: steps.map(({ users, visit }) => [users, visit.perS]) },
  { name: 'report', points: REPORTED.map(({ users, perS }) => [users, perS]) },
  { name: 'users / 2.5 s', points: steps.map(({ users }) => [users, ceilingOf(users)]) },
];

export const p95Curves = (steps: readonly Step[]): Series[] => [
  { name: 'ours', points: steps.map(({ users, visit }) => [users, visit.latency.p95]) },
  { name: 'report', points: REPORTED.map(({ users, p95 }) => [users, p95]) },
];
