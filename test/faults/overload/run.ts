import { checkTable, type CheckOptions, type CheckRow } from '../../support/check';
import { Fleet, forget, openStack } from '../../support/fleet/fleet';
import { directEnv, filled } from '../servers';
import { type Curve, findKnee, playCurve, type Point } from './curve';
import { Load } from './load';

const PRODUCTS = 2_000;
const HOT_PER_S = 20;
const DELAY_MS = 200;
const MAX_RECOVERY_MS = 5_000;
const MAX_REFUSAL_MS = 50;

export interface OverloadOptions extends CheckOptions {
  /** Database connections of the process, to each server. */
  readonly pool: number;
}

type Say = (line: string) => void;

/** Servers, a filled catalogue, one process of the application, and the generator. */
export async function withTarget<T>(
  options: Pick<OverloadOptions, 'mutants' | 'pool' | 'seed'>,
  kind: 'slow' | 'fast',
  work: (target: { fleet: Fleet; load: Load }) => Promise<T>,
): Promise<T> {
  const stack = await openStack();
  let fleet: Fleet | undefined;
  let load: Load | undefined;
  let database: string | undefined;
  try {
    database = await filled(stack, PRODUCTS);
    // The proxies would take their share of the processor.
    const direct = kind === 'fast' ? directEnv(stack) : { REDIS_URL: stack.redisUrl };
    fleet = await Fleet.start({
      stack,
      database,
      processes: 1,
      mutants: options.mutants,
      // A processor that is busy with other programs too must not look like a Redis that is away: that is another check.
      env: { DB_POOL_SIZE: String(options.pool), REDIS_COMMAND_TIMEOUT_MS: '10000', ...direct },
    });
    const [node] = fleet.nodes;
    load = await Load.start({ port: node!.client.port, seed: options.seed, hotPerS: HOT_PER_S });
    if (kind === 'slow')
      for (const link of [node!.links.primary, ...node!.links.replicas]) link.delay(DELAY_MS);
    return await work({ fleet, load });
  } finally {
    load?.stop();
    await fleet?.stop();
    if (database) await forget(stack, database);
    await stack.close();
  }
}

/** Goodput that is wanted, as a share of the knee. */
type Wanted = Partial<Record<number, number>>;

function rows(
  name: string,
  { knee, points, recoveryMs, failures, late }: Curve,
  wanted: Wanted,
  strict: boolean,
): CheckRow[] {
  const quiet = points[0]!;
  const limit = Math.round(2 * quiet.p99 + 500);
  const row = (what: string, value: number, unit: string, want: string, ok: boolean): CheckRow => ({
    what: `${name}: ${what}`,
    value: `${Math.round(value).toLocaleString('en')}${unit}`,
    wanted: want,
    ok,
  });
  const judged = points.filter(({ factor }) => wanted[factor] !== undefined);
  const hotFailed = points.reduce((sum, { hot }) => sum + hot.failed, 0);
  const own = (point: Point) => Math.round(late[points.indexOf(point)] ?? 0);
  const failed = failures.map(([why, count]) => `${count} × ${why}`).join(', ');
  return [
    row('knee C', knee, '/s', '', true),
    ...judged.flatMap((point) => [
      row(
        `goodput at ${point.factor} C`,
        point.goodput,
        '/s',
        `>= ${Math.round(wanted[point.factor]! * knee)}/s`,
        point.goodput >= wanted[point.factor]! * knee,
      ),
      ...(strict
        ? [
            row(
              `p99 of what was admitted at ${point.factor} C`,
              point.p99,
              ' ms',
              `<= ${limit} ms`,
              point.p99 <= limit,
            ),
          ]
        : []),
      ...(strict
        ? [
            row(
              `p99 of the 503s at ${point.factor} C`,
              point.refusedP99,
              ' ms',
              `<= ${MAX_REFUSAL_MS} ms, + ${own(point)} ms that the generator itself was late`,
              point.refusedP99 <= MAX_REFUSAL_MS + own(point),
            ),
          ]
        : []),
    ]),
    row('normal again after', recoveryMs, ' ms', `<= ${MAX_RECOVERY_MS} ms`, recoveryMs <= MAX_RECOVERY_MS),
    row(
      `cached answers that failed${failed ? ` (all failures: ${failed})` : ''}`,
      hotFailed,
      '',
      '0',
      hotFailed === 0,
    ),
  ];
}

function print(say: Say, { points, knee, late }: Curve): void {
  const cells = [
    [
      'of C',
      'offered/s',
      'answered/s',
      'of C',
      'p99 ms',
      'refused/s',
      'p99 ms',
      'failed/s',
      'cached ok',
      'failed',
      'p99 ms',
      'gen. late',
      'load',
    ],
    ...points.map((one, i) => [
      String(one.factor),
      one.offered.toFixed(0),
      one.goodput.toFixed(0),
      `${Math.round((100 * one.goodput) / knee)} %`,
      one.p99.toFixed(0),
      one.refused.toFixed(0),
      one.refusedP99.toFixed(0),
      one.failed.toFixed(1),
      String(one.hot.ok),
      String(one.hot.failed),
      one.hot.p99.toFixed(0),
      late[i]!.toFixed(0),
      one.loadavg.toFixed(1),
    ]),
  ];
  for (const row of cells) say(`  ${row.map((cell) => cell.padStart(10)).join(' ')}`);
}

/**
 * Offers up to ten times of what the application can do, first with a slow database, then with a fast one.
 *
 * @param parts which of the two
 */
export async function checkOverload(
  options: OverloadOptions,
  {
    parts = ['slow', 'fast'],
    say = () => undefined,
  }: { parts?: readonly ('slow' | 'fast')[]; say?: Say } = {},
): Promise<CheckRow[]> {
  const all: CheckRow[] = [];
  for (const part of parts) {
    const slow = part === 'slow';
    const name = slow ? `${DELAY_MS} ms more a query` : 'fast queries';
    say(`${name}:`);
    const curve = await withTarget(options, part, async ({ load }) => {
      const knee = await findKnee(load, slow ? 10 : 50, say);
      return playCurve(load, knee, options.seconds);
    });
    print(say, curve);
    const made = rows(name, curve, slow ? { 2: 0.9, 10: 0.8 } : { 2: 0.8 }, slow);
    all.push(...made);
    say(checkTable(made));
  }
  return all;
}
