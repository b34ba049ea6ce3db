import { loadavg } from 'node:os';
import { driverName } from '../load/drive';
import { barChart, lineChart } from '../report/charts';
import { digits, median, ratio } from '../report/numbers';
import { inWords, type Surroundings, surroundings } from '../report/surroundings';
import { type Table, textTable } from '../report/table';
import { writeReport } from '../report/write';
import { assertCases, casesOf, sameProducts } from './cases';
import { type Field, openField } from './field';
import { type AtHalf, latencyAtRate } from './latency';
import { type Measured, playRounds } from './rounds';
import { playScenario, type Scenario, scenarioCurves, scenarioTable } from './scenario';
import { p99Verdict, type Verdict, verdictsOf, verdictTable } from './targets';

export interface ComparisonOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** Before the first round, s for each case. */
  readonly warmUp: number;
  /** Ids of cases; empty: all of them, the latencies and the scenario. */
  readonly only: readonly string[];
  readonly products: number;
  /** Length of the report's scenario, as a share of its two minutes. */
  readonly scale: number;
  /** Folder of the servers' data. */
  readonly lab: string;
  /** Of the results, without an ending. */
  readonly name: string;
}

export interface Comparison {
  readonly surroundings: Surroundings;
  readonly driver: string;
  readonly loadAfter: number;
  readonly currentProducts: number;
  readonly measured: readonly Measured[];
  readonly atHalf?: AtHalf;
  readonly scenario?: Scenario;
  readonly verdicts: readonly Verdict[];
}

/** Measures everything side by side, prints it, and writes it to bench/results. */
export async function compare(options: ComparisonOptions, say: (line: string) => void): Promise<Comparison> {
  assertCases(options.only);
  const around = surroundings();
  say(inWords(around));
  const field = await openField(options, say);
  try {
    return await compareIn(field, options, around, say);
  } finally {
    await field.close();
  }
}

/** {@link compare} with contenders that run already. */
export async function compareIn(
  field: Field,
  options: ComparisonOptions,
  around: Surroundings,
  say: (line: string) => void,
): Promise<Comparison> {
  const comparison = await measure(field, options, around, say);
  print(comparison, say);
  say(`\n${write(comparison, options)}`);
  return comparison;
}

async function measure(
  field: Field,
  options: ComparisonOptions,
  around: Surroundings,
  say: (line: string) => void,
): Promise<Comparison> {
  const all = await casesOf(field);
  await sameProducts(field, all);
  const cases = options.only.length === 0 ? all : all.filter(({ id }) => options.only.includes(id));
  say(`${options.rounds} rounds of ${options.seconds} s a case, by ${driverName()}`);
  const measured = await playRounds(cases, options, say);
  const verdicts = verdictsOf(measured);
  const parts: { atHalf?: AtHalf; scenario?: Scenario } = {};
  const bare = measured.find(({ id }) => id === 'fastify');
  const judged = cases.filter(({ id }) => id === 'fastify' || id === 'l1');
  if (bare && judged.length === 2) {
    const rate = Math.round(median(bare.perS) / 2);
    say(`latencies at ${digits(rate)}/s`);
    parts.atHalf = await latencyAtRate(judged, rate, options);
    verdicts.push(p99Verdict(parts.atHalf.p99['l1']!, parts.atHalf.p99['fastify']!));
  }
  if (options.only.length === 0) parts.scenario = await playScenario(field, options.scale, say);
  return {
    surroundings: around,
    driver: driverName(),
    loadAfter: Number(loadavg()[0]!.toFixed(1)),
    currentProducts: field.currentProducts,
    measured,
    ...parts,
    verdicts,
  };
}

/** Answers for a second of time and of the process's processor time (databases not included), and what that is of bare Fastify. */
function caseTable(measured: readonly Measured[]): Table {
  const bare = measured.find(({ id }) => id === 'fastify');
  return [
    [
      '',
      '1/s',
      'lowest',
      'highest',
      'of bare Fastify',
      '1/CPU-s',
      'of bare Fastify',
      'p50 ms',
      'p99 ms',
      'failed',
    ],
    ...measured.map(({ title, perS, perCpuS, cdfs, failed }) => {
      const at = (percent: number) =>
        median(cdfs.map((cdf) => cdf.find(([one]) => one === percent)?.[1] ?? NaN));
      return [
        title,
        ...[median(perS), Math.min(...perS), Math.max(...perS)].map(digits),
        bare ? digits(ratio(perS, bare.perS)) : '–',
        digits(median(perCpuS)),
        bare ? digits(ratio(perCpuS, bare.perCpuS)) : '–',
        ...[at(50), at(99)].map(digits),
        String(failed),
      ];
    }),
  ];
}

function print({ measured, verdicts, scenario, loadAfter }: Comparison, say: (line: string) => void): void {
  say(`\n${textTable(caseTable(measured))}\n`);
  if (scenario) say(`${textTable(scenarioTable(scenario))}\n`);
  say(textTable(verdictTable(verdicts)));
  say(`load average ${loadAfter} after`);
}

function write(comparison: Comparison, { rounds, seconds, name }: ComparisonOptions): string {
  const { measured, atHalf, scenario, verdicts, surroundings: around, currentProducts } = comparison;
  const bars = measured.map(({ title, perS, ours }) => ({
    name: title,
    value: median(perS),
    rounds: perS,
    ours,
  }));
  const cdfs = measured
    .filter(({ id }) => ['http', 'fastify', 'l1', 'redis', 'recommended', 'database'].includes(id))
    .map(({ title, cdfs: all }) => ({
      name: title,
      points: all
        .at(-1)!
        .filter(([, ms]) => ms > 0)
        .map(([percent, ms]) => [ms, percent] as const),
    }));
  const curves = scenario && scenarioCurves(scenario);
  const latency = { x: 'ms', y: 'percent answered', logX: true };
  return writeReport({
    name,
    title: 'Side by side',
    surroundings: around,
    data: comparison,
    sections: [
      { title: 'Targets', tables: [verdictTable(verdicts)] },
      {
        title: 'Answers a second, one worker each',
        text: `Medians of ${rounds} rounds of ${seconds} s, 50 connections; dots are rounds. A CPU second is one of the contender's own process, without those of databases. The report's suspected backend has ${currentProducts} products, so that its answer has the 306 KB that the report received.`,
        charts: [barChart(bars, '/s')],
        tables: [caseTable(measured)],
      },
      { title: 'Latency at full load', charts: [lineChart(cdfs, latency)] },
      ...(atHalf
        ? [
            {
              title: `Latency at ${digits(atHalf.perS)}/s, half of bare Fastify`,
              charts: [lineChart(atHalf.cdfs, latency)],
            },
          ]
        : []),
      ...(scenario && curves
        ? [
            {
              title: "The report's scenario",
              text: `1,000 users who wait 1 to 4 seconds; stages of ${scenario.stages.map((one) => one.seconds).join(', ')} s.`,
              tables: [scenarioTable(scenario)],
              charts: [
                lineChart(curves.throughput, { x: 's', y: 'answers a second' }),
                lineChart(curves.p95, { x: 's', y: 'p95, ms', logY: true }),
              ],
            },
          ]
        : []),
    ],
  });
}
