import { createHash } from 'node:crypto';

/** Longest tag as the edge sees it; Cloudflare takes 1,024 characters, and a header has to hold many. */
const MAX_LENGTH = 200;

/** What stays as it is, and most tags are. */
const PLAIN = /^[\w:.~-]*$/;

/**
 * A tag in the letters that every edge takes: a slug may hold any letter, a header may not, and Cloudflare allows no
 * spaces. Quotes, brackets and stars go too (RFC 3986, section 2.2), so that of all that is special in a regular
 * expression only the dot is left. A tag that would be too long becomes its hash.
 */
export function edgeTag(tag: string): string {
  if (tag.length <= MAX_LENGTH && PLAIN.test(tag)) return tag;
  const written = tag.split(':').map(encodePart).join(':');
  if (written.length <= MAX_LENGTH) return written;
  return `long:${createHash('sha256').update(tag).digest('hex')}`;
}

const encodePart = (part: string) =>
  encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
