import { TextEncoder } from 'node:util';
import type { AppConfig } from '@prior/config';
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

/** The issuer's key set could not be fetched: nobody knows yet whether the token is good. */
export class KeysUnavailable extends Error {}

export interface Keys {
  readonly algorithms: readonly string[];
  readonly find: JWTVerifyGetKey;
}

const FETCH_TIMEOUT_MS = 2_000;
/** An unknown key id asks the issuer again only this often, so that forged tokens cannot make us a flood. */
const COOLDOWN_MS = 30_000;
const KEEP_MS = 600_000;

/**
 * The keys that tokens are verified with. The algorithms follow from the kind of key, never from the token: a token
 * that says HS256 is not checked against a public key used as a secret.
 */
export function keysOf({ secret, jwksUrl }: AppConfig['auth']): Keys {
  if (secret !== null) {
    const key = new TextEncoder().encode(secret);
    return { algorithms: ['HS256'], find: () => key };
  }
  if (jwksUrl === null) throw new Error('Neither JWT_SECRET nor JWT_JWKS_URL is set');
  const remote = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: KEEP_MS,
  });
  const find: JWTVerifyGetKey = async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (code === 'ERR_JWKS_NO_MATCHING_KEY' || code === 'ERR_JOSE_NOT_SUPPORTED') throw error;
      throw new KeysUnavailable('The key set could not be fetched', { cause: error });
    }
  };
  return { algorithms: ['RS256', 'ES256', 'EdDSA'], find };
}
