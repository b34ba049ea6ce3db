import { loadavg } from 'node:os';
import { percentile } from '../faults/sample';
import type { Load, Reply, Sample, Stage } from './load';

/** What came of one stage. */
export interface Point {
  /** Of the knee. */
  readonly factor: number;
  /** Requests a second: what left the generator, and what was answered 200. */
  readonly offered: number;
  readonly goodput: number;
  readonly refused: number;
  readonly failed: number;
  /** ms, of 200s and of refusals. */
  readonly p90: number;
  readonly p99: number;
  readonly refusedP99: number;
  readonly hot: { readonly ok: number; readonly failed: number; readonly p99: number };
  /** Load average of the machine: other programs share it. */
  readonly loadavg: number;
}

/** Left out at the beginning of a stage, s: the one before still has work under way. */
const SETTLE_S = 1;
/** A knee is where nearly everything is answered, and not much later than on a quiet day. */
const ANSWERED = 0.98;
const SLOWER = 2.5;
const SLACK_MS = 100;
const PROBE_S = 3;
/** Code is compiled and connections are opened before anything is measured. */
const WARM_UP_S = 3;
const MOST_PER_S = 20_000;

export const FACTORS = [0.5, 1, 2, 5, 10, 0.5] as const;

/** @param seconds length of the stage */
export function pointOf(
  samples: readonly Sample[],
  stage: number,
  { seconds }: Stage,
  factor: number,
  startMs: number,
): Point {
  const settle = Math.min(SETTLE_S, seconds / 3);
  const from = startMs + settle * 1_000;
  const span = seconds - settle;
  const counted = samples.filter((one) => one.stage === stage && one.sentAt >= from);
  const of = (hot: boolean, outcome?: Sample['outcome']) =>
    counted.filter((one) => one.hot === hot && (outcome === undefined || one.outcome === outcome));
  const p99 = (some: readonly Sample[]) =>
    percentile(
      some.map(({ ms }) => ms),
      0.99,
    );
  const hotOf = samples.filter((one) => one.stage === stage && one.hot);
  return {
    factor,
    offered: of(false).length / span,
    goodput: of(false, 'ok').length / span,
    refused: of(false, 'refused').length / span,
    failed: of(false, 'failed').length / span,
    p90: percentile(
      of(false, 'ok').map(({ ms }) => ms),
      0.9,
    ),
    p99: p99(of(false, 'ok')),
    refusedP99: p99(of(false, 'refused')),
    hot: {
      ok: hotOf.filter(({ outcome }) => outcome === 'ok').length,
      failed: hotOf.filter(({ outcome }) => outcome !== 'ok').length,
      p99: p99(hotOf),
    },
    loadavg: loadavg()[0]!,
  };
}

/**
 * The knee: the highest rate of arrivals that is answered nearly completely and without queueing. Doubles the rate until
 * that is no longer so, then halves the gap.
 *
 * @returns requests a second that were answered there
 */
export async function findKnee(load: Load, startPerS: number, say: (line: string) => void): Promise<number> {
  let quietMs = Infinity;
  const once = async (perS: number): Promise<Point | undefined> => {
    const stage = { perS, seconds: PROBE_S };
    const { samples } = await load.play([stage]);
    const point = pointOf(samples, 0, stage, 1, 0);
    quietMs = Math.min(quietMs, point.p90);
    const kept = point.goodput >= ANSWERED * point.offered && point.p90 <= SLOWER * quietMs + SLACK_MS;
    say(
      `  ${Math.round(perS)}/s: ${Math.round(point.goodput)}/s answered, p90 ${Math.round(point.p90)} ms${kept ? '' : ': too much'}`,
    );
    return kept && point.offered >= perS / 2 ? point : undefined;
  };
  // Other programs disturb now and then: too much is what is too much twice.
  const probe = async (perS: number) => (await once(perS)) ?? (await once(perS));
  await load.play([{ perS: startPerS, seconds: WARM_UP_S }]);
  let [low, high] = [0, startPerS];
  let answered = 0;
  for (let found = await probe(high); found && high < MOST_PER_S; found = await probe(high)) {
    answered = found.goodput;
    [low, high] = [high, high * 2];
  }
  if (low === 0)
    throw new Error(
      `Not even ${startPerS} requests a second are answered: this machine is too busy for the check`,
    );
  for (let i = 0; i < 3; i += 1) {
    const middle = (low + high) / 2;
    const found = await probe(middle);
    if (found) [low, answered] = [middle, found.goodput];
    else high = middle;
  }
  return answered;
}

export interface Curve {
  readonly knee: number;
  readonly points: readonly Point[];
  /** ms from the end of the worst overload to the last answer that was out of order. */
  readonly recoveryMs: number;
  readonly failures: Reply['failures'];
  /** Of the generator, by stage, ms. */
  readonly late: Reply['late'];
}

/** Plays the whole curve, the stages one right after the other. */
export async function playCurve(load: Load, knee: number, seconds: number): Promise<Curve> {
  const plan = FACTORS.map((factor) => ({ perS: factor * knee, seconds }));
  const { samples, failures, late } = await load.play(plan);
  const starts = plan.map((_, i) => i * seconds * 1_000);
  const points = plan.map((stage, i) => pointOf(samples, i, stage, FACTORS[i]!, starts[i]!));
  const last = plan.length - 1;
  return {
    knee,
    points,
    failures,
    late,
    recoveryMs: recovery(samples, last, starts[last]!, slowMs(points[0]!)),
  };
}

/** An answer that takes longer is out of order, ms. */
const slowMs = (quiet: Point): number => 2 * quiet.p99 + SLACK_MS;

/** How long after `since` something of this stage was last out of order: sent, refused, failed or slow. */
export function recovery(samples: readonly Sample[], stage: number, since: number, slow: number): number {
  const wrong = samples.filter(
    (one) => one.stage === stage && !one.hot && (one.outcome !== 'ok' || one.ms > slow),
  );
  return Math.max(0, ...wrong.map(({ sentAt }) => sentAt - since));
}
