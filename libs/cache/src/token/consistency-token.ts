import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Consistency } from '@prior/http';

/**
 * How long a writer is owed more than everybody else, ms. Everybody is promised 1 s; the rest is for clocks that differ
 * between hosts.
 */
export const TOKEN_TTL_MS = 10_000;

/**
 * Read-your-writes as a signed note: `1.<expiry, base 36 ms>.<s|u>.<signature>`. `s` (strict): the write's tags were
 * dropped, so versions that are equal prove freshness. `u` (unpublished): they were not, so no cache can be used.
 */
export class ConsistencyTokens {
  constructor(private readonly secret: string | Uint8Array) {}

  /** @param published whether the write's cache tags were dropped before it was acknowledged */
  issue(published: boolean, now = Date.now()): string {
    const note = `1.${(now + TOKEN_TTL_MS).toString(36)}.${published ? 's' : 'u'}`;
    return `${note}.${this.sign(note)}`;
  }

  /** @returns what the holder is owed; undefined for a token that is forged, expired or no token at all */
  read(token: string, now = Date.now()): Exclude<Consistency, 'normal'> | undefined {
    const match = /^(1\.([0-9a-z]{1,12})\.([su]))\.([\w-]{22})$/.exec(token);
    if (!match) return undefined;
    const [, note, expiry, kind, signature] = match;
    if (!timingSafeEqual(Buffer.from(this.sign(note!)), Buffer.from(signature!))) return undefined;
    const left = parseInt(expiry!, 36) - now;
    return left > 0 && left <= TOKEN_TTL_MS * 2 ? (kind === 'u' ? 'bypass' : 'strict') : undefined;
  }

  private sign(note: string): string {
    return createHmac('sha256', this.secret).update(`consistency:${note}`).digest('base64url').slice(0, 22);
  }
}
