/** How a request ended. */
export type Outcome =
  | 'ok'
  /** Answered, and marked as perhaps not the newest. */
  | 'stale'
  /** Refused by admission, which says when to come back. */
  | 'shed'
  /** A write that was refused clearly: nothing has happened. */
  | 'refused'
  /** A write whose outcome its client does not know. */
  | 'unknown'
  | 'failed';

export interface Sample {
  readonly kind: 'read' | 'write';
  readonly outcome: Outcome;
  /** Monotonic ms. */
  readonly sentAt: number;
  readonly ms: number;
  /** The connection was lost before a byte of the answer came, and the read was sent once more. */
  readonly resent: boolean;
  /** What was wrong, in a few words. */
  readonly why?: string;
}

/** What happened between two moments. */
export interface Tally {
  readonly reads: Readonly<Record<'ok' | 'stale' | 'shed' | 'failed' | 'resent', number>>;
  readonly writes: Readonly<Record<'ok' | 'refused' | 'unknown' | 'failed', number>>;
  /** ms, of reads. */
  readonly p99: number;
  /** The words of what failed, and how often. */
  readonly failures: ReadonlyMap<string, number>;
}

export function tallyOf(samples: readonly Sample[]): Tally {
  const reads = { ok: 0, stale: 0, shed: 0, failed: 0, resent: 0 };
  const writes = { ok: 0, refused: 0, unknown: 0, failed: 0 };
  const failures = new Map<string, number>();
  for (const { kind, outcome, resent, why } of samples) {
    if (kind === 'read') reads[isRead(outcome) ? outcome : 'failed'] += 1;
    else writes[isWrite(outcome) ? outcome : 'failed'] += 1;
    if (resent) reads.resent += 1;
    if (outcome === 'failed' && why) failures.set(why, (failures.get(why) ?? 0) + 1);
  }
  return {
    reads,
    writes,
    p99: percentile(
      samples.filter(({ kind }) => kind === 'read').map(({ ms }) => ms),
      0.99,
    ),
    failures,
  };
}

const isRead = (outcome: Outcome) => outcome === 'ok' || outcome === 'stale' || outcome === 'shed';
const isWrite = (outcome: Outcome) => outcome === 'ok' || outcome === 'refused' || outcome === 'unknown';

export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** Reads of a time without a primary whose answers did not say that nobody could prove them. */
export const unmarkedIn = (samples: readonly Sample[], from: number, to: number): number =>
  samples.filter(
    ({ kind, outcome, sentAt, ms }) =>
      kind === 'read' && outcome === 'ok' && sentAt >= from && sentAt + ms <= to,
  ).length;

/** As it is on a good day. */
export const isNormal = ({ outcome, ms, resent }: Sample, slowMs: number): boolean =>
  outcome === 'ok' && ms <= slowMs && !resent;

/**
 * How long after `since` something was last out of order: the end of the last request that was.
 * @returns ms, 0 when nothing was
 */
export function timeToNormal(samples: readonly Sample[], since: number, slowMs: number): number {
  const ends = samples.filter((one) => !isNormal(one, slowMs)).map(({ sentAt, ms }) => sentAt + ms);
  return Math.max(0, ...ends.map((end) => end - since));
}
