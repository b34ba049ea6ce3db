import type { CachedAnswer } from '../engine/types';

/** Longest Cache-Tag header; the edge takes 16 KB, a request's other headers want room too. */
const MAX_CACHE_TAG = 8_192;

/** Tags for the edge's purge; undefined where they would not fit. A slug may hold any letter, a header may not. */
export function cacheTagHeader(tags: readonly string[]): string | undefined {
  const header = tags.map((tag) => tag.split(':').map(encodeURIComponent).join(':')).join(',');
  return header.length <= MAX_CACHE_TAG ? header : undefined;
}

/** How this cache handled the request, RFC 9211. */
export function cacheStatus({ outcome, detail, held }: CachedAnswer, now = Date.now()): string {
  const ttl = Math.ceil((held.entry.expiresAt - now) / 1000);
  switch (outcome) {
    case 'HIT':
      return `Prior; hit; ttl=${ttl}; detail=${detail}`;
    case 'STALE':
      return `Prior; hit; ttl=${Math.min(ttl, 0)}; detail=${detail}`;
    case 'MISS':
      return `Prior; fwd=miss; detail=${detail}`;
    case 'BYPASS':
      return `Prior; fwd=bypass; detail=${detail}`;
  }
}

/** Whole seconds since the answer was made (RFC 9111, section 5.1). */
export const ageOf = ({ held }: CachedAnswer, now = Date.now()): number =>
  Math.max(0, Math.floor((now - held.entry.storedAt) / 1000));

/** Adds a member to a Vary header that others may have begun. */
export function withVary(existing: unknown, member: string): string {
  const present = typeof existing === 'string' && existing ? existing.split(/\s*,\s*/) : [];
  return present.some((one) => one.toLowerCase() === member.toLowerCase()) ? present.join(', ') : [...present, member].join(', ');
}
