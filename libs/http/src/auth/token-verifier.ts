import type { AppConfig } from '@prior/config';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import { type Keys, keysOf, KeysUnavailable } from './keys';
import { type Principal, roles } from './principal';

/** Seconds that the clocks of issuer and API may differ. */
const CLOCK_TOLERANCE_S = 30;
const MAX_TOKEN_LENGTH = 4_096;
const MAX_REMEMBERED = 10_000;

/** The claims that a token must carry; see docs/auth.md. */
const claims = z.object({
  sub: z.string().min(1).max(191),
  role: z.enum(roles),
  name: z.string().max(191).optional(),
  exp: z.number(),
});

interface Remembered {
  readonly principal: Principal;
  readonly untilMs: number;
}

/**
 * Checks tokens: signature, algorithm, issuer, audience, times, claims. A token that was good is remembered until it
 * expires (the 10,000 last used ones): HMAC or not, verifying costs more than a cached answer does.
 */
export class TokenVerifier {
  private readonly remembered = new Map<string, Remembered>();
  private readonly keys: Keys;

  constructor(private readonly config: AppConfig['auth']) {
    this.keys = keysOf(config);
  }

  /** The principal of a token that was verified before; undefined says nothing about the token. */
  recall(token: string): Principal | undefined {
    const found = this.remembered.get(token);
    if (!found) return undefined;
    this.remembered.delete(token);
    if (found.untilMs <= Date.now()) return undefined;
    this.remembered.set(token, found);
    return found.principal;
  }

  /**
   * @returns null for a token that is not good, whatever the reason
   * @throws KeysUnavailable when the issuer's keys cannot be fetched
   */
  async verify(token: string): Promise<Principal | null> {
    if (token === '' || token.length > MAX_TOKEN_LENGTH) return null;
    const known = this.recall(token);
    if (known) return known;
    const verified = await this.check(token);
    if (!verified) return null;
    this.remember(token, verified);
    return verified.principal;
  }

  private async check(token: string): Promise<Remembered | null> {
    try {
      const { payload } = await jwtVerify(token, this.keys.find, {
        algorithms: [...this.keys.algorithms],
        issuer: this.config.issuer,
        audience: this.config.audience,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['sub', 'exp'],
      });
      const parsed = claims.safeParse(payload);
      if (!parsed.success) return null;
      const { sub, role, name, exp } = parsed.data;
      return {
        principal: { subject: sub, role, ...(name && { name }) },
        untilMs: (exp + CLOCK_TOLERANCE_S) * 1_000,
      };
    } catch (error) {
      if (error instanceof KeysUnavailable) throw error;
      return null;
    }
  }

  private remember(token: string, verified: Remembered): void {
    this.remembered.set(token, verified);
    if (this.remembered.size <= MAX_REMEMBERED) return;
    // A Map keeps insertion order, and recall() puts what it finds at the end: the first one is the least used.
    const [oldest] = this.remembered.keys();
    if (oldest !== undefined) this.remembered.delete(oldest);
  }
}
