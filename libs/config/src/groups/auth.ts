import { hkdfSync } from 'node:crypto';
import { group } from '../group';
import { optionalText, text, url } from '../variables';

/** HKDF (RFC 5869): a key of its own purpose, so that consistency tokens and JWTs never share one. */
const derive = (secret: string): string =>
  Buffer.from(hkdfSync('sha256', secret, 'prior', 'consistency-token', 32)).toString('base64url');

/** Whose tokens are believed, and the key that consistency tokens are signed with. */
export const auth = group(
  {
    JWT_SECRET: optionalText('JWT_SECRET', {
      description: 'Shared secret of HS256 tokens, at least 32 characters; instead of JWT_JWKS_URL',
      example: 'JWT_SECRET=<the output of: openssl rand -base64 48>',
      minLength: 32,
      secret: true,
    }),
    JWT_JWKS_URL: url('JWT_JWKS_URL', {
      description: 'Key set (JWKS) of the issuer of RS256, ES256 or EdDSA tokens; instead of JWT_SECRET',
      example: 'JWT_JWKS_URL=https://login.example.com/.well-known/jwks.json',
      protocols: ['https:', 'http:'],
      optional: true,
    }),
    JWT_ISSUER: text('JWT_ISSUER', { description: 'Expected `iss` of a token', fallback: 'prior' }),
    JWT_AUDIENCE: text('JWT_AUDIENCE', { description: 'Expected `aud` of a token', fallback: 'prior-api' }),
    CONSISTENCY_SECRET: optionalText('CONSISTENCY_SECRET', {
      description: 'Key of consistency tokens, the same on every host; derived from JWT_SECRET when not set',
      example: 'CONSISTENCY_SECRET=<the output of: openssl rand -base64 48>',
      minLength: 32,
      secret: true,
    }),
  },
  (v, problem) => {
    // One kind of key only: a server that accepts both can be made to take a public key for an HMAC secret.
    if (v.JWT_SECRET && v.JWT_JWKS_URL) {
      problem('JWT_JWKS_URL', 'is set together with JWT_SECRET. Set exactly one of the two');
    }
    if (!v.JWT_SECRET && !v.JWT_JWKS_URL) {
      problem(
        'JWT_SECRET',
        'is missing, and so is JWT_JWKS_URL. Set for example JWT_SECRET=<the output of: openssl rand -base64 48>',
      );
    }
    if (!v.JWT_SECRET && v.JWT_JWKS_URL && !v.CONSISTENCY_SECRET) {
      problem(
        'CONSISTENCY_SECRET',
        'is missing: with JWT_JWKS_URL there is no secret to derive it from. Set for example CONSISTENCY_SECRET=<the output of: openssl rand -base64 48>',
      );
    }
    return {
      /** Exactly one of `secret` and `jwksUrl` is set. */
      secret: v.JWT_SECRET,
      jwksUrl: v.JWT_JWKS_URL,
      issuer: v.JWT_ISSUER,
      audience: v.JWT_AUDIENCE,
      consistencySecret: v.CONSISTENCY_SECRET ?? (v.JWT_SECRET ? derive(v.JWT_SECRET) : ''),
    };
  },
);
