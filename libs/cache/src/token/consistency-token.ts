import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Consistency } from '@prior/http';

/**
 * How long a writer is owed more than everybody else, ms. Everybody is promised 1 s; the rest is for clocks that differ
 * between hosts.
 */
export const TOKEN_TTL_MS = 10_000;

/**
 * Read-your-writes as a signed note: `1.<expiry>.<what>.<signature>`, times in base 36 ms. What is owed: `s` (strict):
 * the write's tags were dropped, so versions that are equal prove freshness. `u<time>` (unpublished): a write's tags were
 * not dropped, so until that time no cache can be used, and from then on strict.
 */
export class ConsistencyTokens {
  constructor(private readonly secret: string | Uint8Array) {}

  /**
   * @param published whether the write's cache tags were dropped before it was acknowledged
   * @param earlier tokens that came with the write. The new one takes their place in the client, so it has to say what
   *   they said of writes that were not published; for no longer than they did, or it would never end
   */
  issue(published: boolean, now = Date.now(), earlier: Iterable<string> = []): string {
    const expiry = now + TOKEN_TTL_MS;
    let unpublishedUntil = published ? 0 : expiry;
    for (const token of earlier)
      unpublishedUntil = Math.max(unpublishedUntil, this.parse(token, now)?.unpublishedUntil ?? 0);
    const what = unpublishedUntil > now ? `u${unpublishedUntil.toString(36)}` : 's';
    const note = `1.${expiry.toString(36)}.${what}`;
    return `${note}.${this.sign(note)}`;
  }

  /** @returns what the holder is owed; undefined for a token that is forged, expired or no token at all */
  read(token: string, now = Date.now()): Exclude<Consistency, 'normal'> | undefined {
    const parsed = this.parse(token, now);
    return parsed && (parsed.unpublishedUntil > now ? 'bypass' : 'strict');
  }

  private parse(token: string, now: number): { unpublishedUntil: number } | undefined {
    const match = /^(1\.([0-9a-z]{1,12})\.(?:s|u([0-9a-z]{1,12})))\.([\w-]{22})$/.exec(token);
    if (!match) return undefined;
    const [, note, expiry, until, signature] = match;
    if (!timingSafeEqual(Buffer.from(this.sign(note!)), Buffer.from(signature!))) return undefined;
    const left = parseInt(expiry!, 36) - now;
    if (left <= 0 || left > TOKEN_TTL_MS * 2) return undefined;
    return { unpublishedUntil: until === undefined ? 0 : parseInt(until, 36) };
  }

  private sign(note: string): string {
    return createHmac('sha256', this.secret).update(`consistency:${note}`).digest('base64url').slice(0, 22);
  }
}
