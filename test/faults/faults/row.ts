import type { CheckRow } from '../../support/check';
import type { Fault } from './faults';
import type { Tally } from './sample';

/** What one fault did. */
export interface Found {
  readonly tally: Tally;
  /** Reads that looked proven although the primary had been away for longer than the promise allows. */
  readonly unmarked: number;
  /** Products that have lost a write that was acknowledged. */
  readonly lost: number;
  /** ms; undefined: not normal when the waiting ended. */
  readonly normalAfterMs: number | undefined;
  /** How late the load itself came at most: the machine did something else. */
  readonly stalledMs: number;
}

export interface FaultRow extends CheckRow {
  readonly found: Found;
}

/** The load comes later than this only when it does not get a processor, ms. */
const STALL_MS = 100;

/** @param calm false on a machine that is too busy for the least load: there admission rightly refuses reads */
export function rowOf({ name }: Fault, calm: boolean, found: Found): FaultRow {
  const { tally, unmarked, lost, normalAfterMs, stalledMs } = found;
  const { reads, writes, p99, failures } = tally;
  const ok =
    (normalAfterMs !== undefined || !calm) &&
    reads.failed === 0 &&
    (reads.shed === 0 || !calm) &&
    reads.ok + reads.stale > 0 &&
    unmarked === 0 &&
    lost === 0 &&
    writes.failed === 0;
  const value = [
    `reads ${wide(reads.ok)} ok ${wide(reads.stale)} marked ${reads.failed + reads.shed} failed`,
    `writes ${wide(writes.ok)} ok ${wide(writes.refused)} refused ${writes.unknown} unknown ${lost} lost`,
    `p99 ${wide(Math.round(p99), 4)} ms`,
    normalAfterMs === undefined ? 'never normal' : `normal after ${(normalAfterMs / 1000).toFixed(1)} s`,
    ...(reads.shed > 0 ? [`${reads.shed} of the failed refused (overloaded)`] : []),
    ...(stalledMs > STALL_MS ? [`the machine stood still for ${Math.round(stalledMs)} ms`] : []),
    ...(unmarked > 0 ? [`${unmarked} not marked`] : []),
    ...(reads.resent > 0 ? [`${reads.resent} sent twice`] : []),
    ...[...failures].map(([why, count]) => `${count} × ${why}`),
  ].join('; ');
  return { what: name, value, wanted: '0 failed, 0 lost', ok, found };
}

const wide = (value: number, width = 3): string => String(value).padStart(width);
