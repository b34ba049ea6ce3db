import { edgeTag } from '../edge/edge-tag';
import type { CachedAnswer } from '../engine/types';

/** Longest Cache-Tag header: Cloudflare takes 16 KB, but Varnish 8 KB for the whole line unless it is told otherwise. */
const MAX_CACHE_TAG = 8_000;

/** Tags for the edge's purge; undefined where they would not fit. */
export function cacheTagHeader(tags: readonly string[]): string | undefined {
  const header = tags.map(edgeTag).join(',');
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

/**
 * Whole seconds since the answer was made or successfully validated (RFC 9111, section 5.1). The versions of an entry
 * are compared all the time, so one that is known to be current is never old, however long ago it was made; were it,
 * details that are kept for 60 s would reach the edge with their 30 s already over.
 */
export const ageOf = ({ held, outcome, detail }: CachedAnswer, now = Date.now()): number =>
  outcome === 'STALE' && detail !== 'revalidating'
    ? Math.max(0, Math.floor((now - held.entry.storedAt) / 1000))
    : 0;

/** Adds a member to a Vary header that others may have begun. */
export function withVary(existing: unknown, member: string): string {
  const present = typeof existing === 'string' && existing ? existing.split(/\s*,\s*/) : [];
  return present.some((one) => one.toLowerCase() === member.toLowerCase())
    ? present.join(', ')
    : [...present, member].join(', ');
}
