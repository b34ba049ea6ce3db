import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckOptions } from '../../support/check';
import { type Fault, faults } from './faults';
import { Ledger } from './ledger';
import { Load } from './load';
import { type FaultRow, rowOf } from './row';
import { isNormal, tallyOf, timeToNormal, unmarkedIn } from './sample';
import { openWorld, type World } from './world';

const WARM_UP_MS = 2_000;
/**
 * Requests a second, of all kinds together; fewer on a machine that is busy with other things. With 200 ms more a query
 * a read holds a connection for 1.2 s and a write for 2.4 s (Little's law): more than this is more than 50 connections.
 */
export const MOST_PER_S = 80;
const LEAST_PER_S = 20;
/** So long nothing must be out of order before it counts as over, ms. */
const QUIET_MS = 1_500;
/** … of at least so many requests, a write among them. */
const ENOUGH = 10;
const RECOVERY_LIMIT_MS = 30_000;
/** The promise: so long after the primary is gone no answer looks proven any more, ms. */
const MARKED_MS = 1_000;
/** A read that takes longer is out of order, ms; or five times the p99 of a good day. */
const SLOW_MS = 250;

export interface FaultOptions {
  /** Default: all there are. */
  readonly chosen?: readonly Fault[];
  /** Load to begin with; halved while the machine is too busy for it. */
  readonly perS?: number;
  /**
   * For a machine that has other work to do: only what is wrong at any speed fails a row, so neither a read that
   * admission refuses for want of time nor a slow return to normal.
   */
  readonly anySpeed?: boolean;
  /** Told of each row as soon as there is one. */
  readonly say?: (line: string) => void;
}

/**
 * Breaks one thing at a time under steady mixed load.
 *
 * On a machine that is too busy for the least load (`calm` is false) admission rightly refuses reads; elsewhere a refused
 * read is a failed one.
 */
export async function checkFaults(
  { seconds, seed, mutants }: CheckOptions,
  { chosen = faults, perS = MOST_PER_S, anySpeed = false, say = () => undefined }: FaultOptions = {},
): Promise<FaultRow[]> {
  const world = await openWorld({ mutants });
  const ledger = new Ledger();
  // Each load asks questions of its own: what an earlier one asked has answers in the cache, and those break with nothing.
  let next = seed;
  let load = loadOf(world, ledger, next, perS);
  try {
    let { p99, rate } = await settle(load, perS);
    for (; p99 > SLOW_MS / 2 && rate > LEAST_PER_S;) {
      await load.stop();
      const slower = Math.max(LEAST_PER_S, rate / 2);
      load = loadOf(world, ledger, (next += 1), slower);
      ({ p99, rate } = await settle(load, slower));
    }
    const calm = p99 <= SLOW_MS && !anySpeed;
    say(
      `${Math.round(rate)} requests/s, p99 ${Math.round(p99)} ms${calm || anySpeed ? '' : ': this machine is busy with something else'}`,
    );
    const slowMs = Math.max(SLOW_MS, 5 * p99);
    const rows: FaultRow[] = [];
    for (const fault of chosen) {
      const row = await tryFault(fault, {
        world,
        load,
        ledger,
        holdMs: seconds * 1000,
        slowMs,
        calm,
        loseWrites: mutants.includes('lose-writes'),
      });
      say(`${row.ok ? 'ok  ' : 'FAIL'}  ${row.what}`);
      rows.push(row);
    }
    return rows;
  } finally {
    await load.stop();
    await world.close();
  }
}

const loadOf = (
  { cluster, products, authorization }: World,
  ledger: Ledger,
  seed: number,
  perS: number,
): Load =>
  new Load(
    { port: cluster.port, seed, products, authorization, readsPerS: perS * 0.88, writesPerS: perS * 0.12 },
    ledger,
  );

/** What a good day looks like under this load. @returns the p99 of reads, ms */
async function settle(load: Load, rate: number): Promise<{ p99: number; rate: number }> {
  load.start();
  await sleep(WARM_UP_MS);
  const from = performance.now();
  await sleep(WARM_UP_MS);
  return { p99: tallyOf(await load.between(from, performance.now())).p99, rate };
}

interface Trial {
  readonly world: World;
  readonly load: Load;
  readonly ledger: Ledger;
  readonly holdMs: number;
  readonly slowMs: number;
  readonly calm: boolean;
  readonly loseWrites: boolean;
}

async function tryFault(fault: Fault, trial: Trial): Promise<FaultRow> {
  const { world, load, holdMs, slowMs } = trial;
  const from = performance.now();
  await fault.inject(world);
  const broken = performance.now();
  await sleep(Math.max(0, from + holdMs - broken));
  const mending = performance.now();
  await fault.mend?.(world);
  const since = fault.mend ? performance.now() : from;
  const recovered = await untilNormal(load, slowMs, performance.now() + RECOVERY_LIMIT_MS);
  const samples = await load.between(from, performance.now());
  const db = await world.primary();
  try {
    if (trial.loseWrites) await trial.ledger.loseIn(db);
    return rowOf(fault, trial.calm, {
      tally: tallyOf(samples),
      unmarked: fault.primaryDown ? unmarkedIn(samples, broken + MARKED_MS, mending) : 0,
      lost: await trial.ledger.lost(db),
      stalledMs: load.stalledMs(from),
      normalAfterMs: recovered ? timeToNormal(samples, since, slowMs) : undefined,
    });
  } finally {
    await db.end();
  }
}

/** Waits until nothing was out of order for a while, writes among it. @returns false at the limit */
async function untilNormal(load: Load, slowMs: number, limit: number): Promise<boolean> {
  while (performance.now() < limit) {
    const now = performance.now();
    const recent = load.samples.filter(({ sentAt, ms }) => sentAt + ms >= now - QUIET_MS);
    const enough = recent.some(({ kind }) => kind === 'write') && recent.length >= ENOUGH;
    if (enough && recent.every((one) => isNormal(one, slowMs))) return true;
    await sleep(50);
  }
  return false;
}
