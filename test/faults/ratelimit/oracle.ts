import type { RatePolicy } from '@prior/traffic';
import type { Recorded } from './trace';

export interface Verdict {
  readonly requests: number;
  readonly admitted: number;
  /** Requests that no honest limiter could have admitted, the worst moment counts. */
  readonly over: number;
  /** Requests refused although the caller owed less than its limit, by every reading of the times. */
  readonly under: number;
}

/**
 * Judges what happened to one caller. GCRA admits a sequence exactly if no stretch of time holds more requests than
 * the limit plus those that came back meanwhile. A request was decided somewhere between its sending and its answer,
 * so it is counted into a stretch only when it lies in there for certain: what is reported is really too much, and
 * nothing is missed by more than those milliseconds.
 */
export function judge(records: readonly Recorded[], { limit, windowMs }: RatePolicy): Verdict {
  const interval = windowMs / limit;
  const admitted = records.filter(({ allowed }) => allowed).sort((a, b) => a.answered - b.answered);
  return {
    requests: records.length,
    admitted: admitted.length,
    over: Math.max(0, mostOver(admitted, limit, interval)),
    under: wronglyRefused(records, admitted, limit, interval),
  };
}

function mostOver(admitted: readonly Recorded[], limit: number, interval: number): number {
  let worst = 0;
  for (const { sent: from } of admitted) {
    let inside = 0;
    for (const { sent, answered } of admitted) {
      if (sent < from) continue;
      inside += 1;
      worst = Math.max(worst, inside - limit - Math.floor((answered - from) / interval));
    }
  }
  return worst;
}

/** Refusals that even a limiter that charged everything as late as possible would not have spoken. */
function wronglyRefused(
  records: readonly Recorded[],
  admitted: readonly Recorded[],
  limit: number,
  interval: number,
): number {
  return records.filter((one) => !one.allowed && mostOwed(admitted, one) <= (limit - 1) * interval).length;

  function mostOwed(all: readonly Recorded[], { sent, answered }: Recorded): number {
    let tat = 0;
    for (const charged of all) {
      if (charged.sent > answered) continue;
      tat = Math.max(tat, charged.answered) + interval;
    }
    return tat - sent;
  }
}
