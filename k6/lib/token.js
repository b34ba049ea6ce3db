import { hmac } from 'k6/crypto';
import { b64encode } from 'k6/encoding';
import { setting } from './settings.js';

const LIFE_S = 600;

/** @param {object} part */
const encode = (part) => b64encode(JSON.stringify(part), 'rawurl');

/**
 * An Authorization header, signed here: a long run outlives any token that could be given to it.
 *
 * @param {'admin' | 'service' | 'customer'} role
 * @param {string} subject whom the API limits by
 */
export function authorization(role, subject) {
  const secret = setting('JWT_SECRET', '');
  if (secret === '') {
    throw new Error(
      'This scenario writes: set -e JWT_SECRET=… to the secret of the API that is tried (a test system)',
    );
  }
  const now = Math.floor(Date.now() / 1000);
  const note = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({
    iss: setting('JWT_ISSUER', 'prior'),
    aud: setting('JWT_AUDIENCE', 'prior-api'),
    sub: subject,
    role,
    iat: now,
    exp: now + LIFE_S,
  })}`;
  return { Authorization: `Bearer ${note}.${hmac('sha256', secret, note, 'base64rawurl')}` };
}
