import type { AbandonSignal, Consistency, LoadContext, WorkClass } from '@prior/http';
import type { Entry } from '../tiers/entry';
import type { Held } from '../tiers/l1';
import { owned } from '../tiers/owned';
import type { Look } from './second-tier';

/** What a load made of the database's rows. */
export interface Loaded {
  readonly status: number;
  readonly body: Buffer;
  readonly contentType: string;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds that it may be kept; 404s are kept briefly. */
  readonly ttlS: number;
}

export interface CachedQuestion {
  /** The same for every spelling of the same question. */
  readonly key: string;
  readonly tags: readonly string[];
  readonly consistency: Consistency;
  readonly workClass: WorkClass;
  /** Aborted when nobody waits for the answer any more; undefined where nobody can hang up. */
  readonly signal?: AbandonSignal;
  /**
   * What Redis said a moment ago, while the gate was open, to whoever asked for this request ahead of time. It may have
   * the age of an L1 answer; an older one is not used.
   */
  readonly look?: Look;
  /** Reads the database (fenced) and makes the answer. May be called for many requests at once, or after this one. */
  readonly load: (context: LoadContext) => Promise<Loaded>;
}

export type Outcome = 'HIT' | 'MISS' | 'STALE' | 'BYPASS';

/** Where an entry was found. */
export type Tier = 'l1' | 'l2';

export interface CachedAnswer {
  readonly held: Held;
  readonly outcome: Outcome;
  /** Which tier answered, or why it is stale, bypassed or missed: for Cache-Status. */
  readonly detail: string;
}

/** An answer that was loaded for this question only, in the shape of an entry. */
export function unsharedEntry(loaded: Loaded, now = Date.now()): Entry {
  const { status, body, contentType, etag, headers } = loaded;
  return {
    status,
    body: owned(body),
    contentType,
    etag,
    headers,
    tags: [],
    versions: [],
    storedAt: now,
    lifeMs: 0,
    expiresAt: now,
    loadMs: 0,
  };
}
