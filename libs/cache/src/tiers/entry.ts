import { owned } from './owned';

/** A finished answer: a hit serialises nothing. */
export interface Entry {
  readonly status: number;
  readonly body: Buffer;
  readonly contentType: string;
  /** Strong validator of the body; empty where the answer has none (redirects, 404). */
  readonly etag: string;
  /** Further headers of this answer: Link, Location. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** The tags' versions from BEFORE the rows were read; the entry is valid while they are the current ones. */
  readonly versions: readonly string[];
  /** Wall clock ms at which the answer was made, for Age. */
  readonly storedAt: number;
  /** How long it lives, jittered, ms. */
  readonly lifeMs: number;
  /** Wall clock ms from which it is refreshed. Not before `storedAt + lifeMs`; a {@link Lifetime} makes it later. */
  expiresAt: number;
  /** How long the load took, ms: XFetch refreshes costly answers earlier. */
  readonly loadMs: number;
}

/** The entry as Redis keeps it: short names, and the body's bytes beside them. */
export interface StoredEntry {
  s: number;
  body: Buffer;
  c: string;
  e: string;
  h: Record<string, string>;
  t: readonly string[];
  v: readonly string[];
  a: number;
  x: number;
  l: number;
}

/** Changes with the form of {@link StoredEntry}: while a new version is rolled out, neither reads what the other stores. */
const FORM = 2;

/** Named by the generation that the stamp belongs to: a fill that arrives in another life of Redis is never found. */
export const entryKey = (generation: string, key: string): string => `${generation}:${FORM}:${key}`;

export const toStored = (entry: Entry): StoredEntry => ({
  s: entry.status,
  body: entry.body,
  c: entry.contentType,
  e: entry.etag,
  h: entry.headers,
  t: entry.tags,
  v: entry.versions,
  a: entry.storedAt,
  x: entry.storedAt + entry.lifeMs,
  l: entry.loadMs,
});

export const fromStored = (stored: StoredEntry): Entry => ({
  status: stored.s,
  body: owned(stored.body),
  contentType: stored.c,
  etag: stored.e,
  headers: stored.h,
  tags: stored.t,
  versions: stored.v,
  storedAt: stored.a,
  lifeMs: stored.x - stored.a,
  expiresAt: stored.x,
  loadMs: stored.l,
});

export function sameVersions(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((version, i) => version === b[i]);
}
