import { TextEncoder } from 'node:util';
import type { AppConfig } from '@prior/config';
import { SignJWT } from 'jose';
import type { Role } from './principal';

export interface DevTokenOptions {
  readonly role: Role;
  /** Default: `dev-<role>`. */
  readonly subject?: string;
  readonly name?: string;
  /** Default one day. */
  readonly expiresInS?: number;
}

/**
 * A token for trying things out, signed with JWT_SECRET. Real tokens come from whoever signs people in.
 *
 * @throws Error when tokens are verified with a key set: only its owner can sign
 */
export async function signDevToken(config: AppConfig['auth'], options: DevTokenOptions): Promise<string> {
  if (config.secret === null) {
    throw new Error(
      'Tokens are verified with JWT_JWKS_URL, so only its issuer can make one. For development set JWT_SECRET instead.',
    );
  }
  const { role, subject = `dev-${role}`, name, expiresInS = 86_400 } = options;
  return new SignJWT({ role, ...(name && { name }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(subject)
    .setIssuer(config.issuer)
    .setAudience(config.audience)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1_000) + expiresInS)
    .sign(new TextEncoder().encode(config.secret));
}
