import type { RatePolicy } from '@prior/traffic';
import { random as seeded } from '../../support/random';

/** `strict` asks Redis, as what reaches the database does; `cheap` counts in the process, as cached answers do. */
export type Path = 'strict' | 'cheap';

/** One request of the trace. */
export interface Planned {
  /** ms from the start. */
  readonly at: number;
  readonly process: number;
  readonly caller: string;
  readonly path: Path;
}

/** What became of it. Times are ms of the system's monotonic clock, the same in every process. */
export interface Recorded {
  readonly caller: string;
  readonly path: Path;
  readonly sent: number;
  readonly answered: number;
  readonly allowed: boolean;
}

/** As 100 a minute, but in 2 s: a run of ten seconds sees many windows pass. */
export const policy: RatePolicy = { name: 'check', limit: 100, windowMs: 2_000 };

export interface TraceOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly processes: number;
  /** ms from the start to the first boundary between windows of the server's clock. */
  readonly boundaryMs: number;
}

/**
 * Every kind of caller on both paths: one who keeps to the limit, one who always sends three times as much, one who
 * knows when windows end and sends its whole limit right before and right after, one who comes in random bursts, and
 * one whose requests all go to one process.
 */
export function makeTrace({ seconds, seed, processes, boundaryMs }: TraceOptions): Planned[] {
  const random = seeded(seed).next;
  const end = seconds * 1000;
  const trace: Planned[] = [];
  for (const path of ['strict', 'cheap'] as const) {
    const add = (kind: string, at: number, process = Math.floor(random() * processes)) => {
      if (at >= 0 && at < end) trace.push({ at, process, caller: `${path}-${kind}`, path });
    };
    const spread = (kind: string, from: number, to: number, count: number, process?: number) => {
      for (let i = 0; i < count; i += 1) add(kind, from + random() * (to - from), process);
    };
    const perMs = policy.limit / policy.windowMs;
    for (let at = 0; at < end; at += 1 / (perMs * 0.8)) add('steady', at);
    spread('greedy', 0, end, end * perMs * 3);
    for (let at = boundaryMs; at < end; at += policy.windowMs)
      spread('boundary', at - 60, at + 60, 2 * policy.limit);
    for (let at = 0; at < end; at += 300 + random() * 1_500)
      spread('bursty', at, at + 20, random() * 1.5 * policy.limit);
    spread('one-process', 0, end, end * perMs * 2, 0);
  }
  return trace.sort((a, b) => a.at - b.at);
}
