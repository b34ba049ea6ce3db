import { type Visit, visit } from '../load/visitors';
import { digits } from '../report/numbers';
import type { Series } from '../report/charts';
import type { Table } from '../report/table';
import type { Field } from './field';

/** Of the report: 30 s to 100 users, one minute to 1,000, 30 s to none. */
const STAGES = [
  { seconds: 30, to: 100 },
  { seconds: 60, to: 1_000 },
  { seconds: 30, to: 0 },
];
/** What MySQL allows when nobody has asked for more; the report counts with it. */
const MAX_CONNECTIONS = 151;

export interface Scenario {
  readonly stages: typeof STAGES;
  readonly current: Visit;
  readonly ours: Visit;
}

/**
 * The report's test: users who ask for the list of products, wait 1 to 4 seconds, and ask again.
 *
 * @param scale of the stages' lengths; the users are as many
 */
export async function playScenario(
  field: Field,
  scale: number,
  say: (line: string) => void,
): Promise<Scenario> {
  const stages = STAGES.map(({ seconds, to }) => ({ seconds: Math.max(1, Math.round(seconds * scale)), to }));
  const next = () => 'GET /api/products HTTP/1.1\r\nhost: shop\r\n\r\n';
  // For the rest of the run: these servers are nobody else's, and the collapse comes last.
  await field.lab.servers.primary.sql(`SET GLOBAL max_connections = ${MAX_CONNECTIONS}`);
  say("the report's scenario: ours");
  const ours = await visit({ port: field.ours.port, stages, next });
  say("the report's scenario: its suspected backend");
  const current = await visit({ port: field.current.port, stages, next });
  return { stages, current, ours };
}

export const scenarioTable = ({ current, ours }: Scenario): Table => [
  ['', 'report (100 → 1,000 users)', 'suspected current', 'ours'],
  ['requests a second, in order', '26', digits(current.perS), digits(ours.perS)],
  ['failed', '5.14 %', share(current), share(ours)],
  ['still waiting at the end', '63', String(current.interrupted), String(ours.interrupted)],
  ['mean', '11.94 s', ms(current.latency.mean), ms(ours.latency.mean)],
  ['median', '4.4 s', ms(current.latency.p50), ms(ours.latency.p50)],
  ['p95', '58.23 s', ms(current.latency.p95), ms(ours.latency.p95)],
];

const share = ({ failed, requests }: Visit) => `${digits((100 * failed) / requests)} %`;
const ms = (value: number) => (value >= 1_000 ? `${digits(value / 1_000)} s` : `${digits(value)} ms`);

/** Over time; p95 of a second without an answer is left out. */
export function scenarioCurves({ current, ours }: Scenario): { throughput: Series[]; p95: Series[] } {
  const named = [
    ['suspected current', current],
    ['ours', ours],
  ] as const;
  const curve = (
    visits: readonly (readonly [string, Visit])[],
    of: (second: Visit['seconds'][number]) => number,
  ) =>
    visits.map(([name, { seconds }]) => ({
      name,
      points: seconds.map((one, at) => [at, of(one)] as const).filter(([, value]) => Number.isFinite(value)),
    }));
  return {
    throughput: [
      ...curve(named, ({ ok }) => ok),
      { name: 'current: failed', points: current.seconds.map(({ failed }, at) => [at, failed] as const) },
      { name: 'users / 2.5 s', points: ours.seconds.map(({ users }, at) => [at, users / 2.5] as const) },
    ],
    p95: curve(named, ({ p95 }) => p95),
  };
}
