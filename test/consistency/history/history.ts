import type { Register, Sight } from './register';

/** One thing that an answer says about one register. */
export interface Claim {
  readonly register: Register<never>;
  readonly fits: (value: never) => boolean;
  /** What was seen, in words: for reports. */
  readonly seen: string;
}

/** Makes a claim with its type forgotten, so that claims about different registers fit one list. */
export const claim = <V>(register: Register<V>, seen: string, fits: (value: V) => boolean): Claim => ({
  register: register as unknown as Register<never>,
  fits: fits as (value: never) => boolean,
  seen,
});

/** What a client that has written may expect to see, by register. */
export type Own = ReadonlyMap<unknown, number>;

export interface ReadRecord extends Sight {
  readonly where: string;
  readonly claims: readonly Claim[];
  /** The newest places that this reader has written, if it sent its token. */
  readonly own?: Own;
  /** Why it says that it may be stale; undefined when it says nothing. */
  readonly marked?: string;
  /** The primary was down, or this process was cut off from it, at some time that matters for this read. */
  readonly excused: boolean;
}

/** Counts reads and writes, and keeps the first stale ones. */
export class History {
  reads = 0;
  writes = 0;
  /** Answers that said they may be stale, because nothing could be proven. */
  marked = 0;
  /** The same although the primary was there: no lie, but no help either. */
  markedWithoutNeed = 0;
  /** Reads by a writer with its token. */
  ownReads = 0;
  stale = 0;
  maxStaleMs = 0;
  readonly reports: string[] = [];
  readonly refused = new Map<string, number>();

  /** @returns false when the read was stale */
  read({ where, claims, own, marked, excused, ...sight }: ReadRecord): boolean {
    this.reads += 1;
    if (own) this.ownReads += 1;
    if (marked !== undefined) {
      this.marked += 1;
      if (excused) return true;
      this.markedWithoutNeed += 1;
    }
    let fine = true;
    for (const { register, fits, seen } of claims) {
      const { ok, staleMs } = register.judge(fits, sight, own?.get(register));
      if (staleMs !== Infinity && staleMs > this.maxStaleMs) this.maxStaleMs = staleMs;
      if (ok) continue;
      fine = false;
      if (this.reports.length < 20) {
        const mine = own?.has(register) ? ', with its own token' : '';
        this.reports.push(
          `${where}${mine}: ${register.name} was ${seen}, ${staleMs === Infinity ? 'which it never was' : `${Math.round(staleMs)} ms too old`}` +
            `${marked === undefined ? '' : ` (marked: ${marked})`}. Written: ${register.describe(sight.began)} before the read`,
        );
      }
    }
    if (!fine) this.stale += 1;
    return fine;
  }

  /** A request that was not answered as it was asked. */
  refuse(kind: string): void {
    this.refused.set(kind, (this.refused.get(kind) ?? 0) + 1);
  }
}
