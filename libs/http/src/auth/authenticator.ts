import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@prior/config';
import { Problem } from '../problems/problem';
import { credentialsOf } from './credentials';
import { isSameSite } from './csrf';
import { KeysUnavailable } from './keys';
import type { Principal } from './principal';
import { TokenVerifier } from './token-verifier';

/** Says who a request comes from. For the guard, and for whoever limits callers before the guards run. */
@Injectable()
export class Authenticator {
  private readonly verifier: TokenVerifier;

  constructor(@InjectConfig() private readonly config: AppConfig) {
    this.verifier = new TokenVerifier(config.auth);
  }

  /** Whether the request claims to be somebody, rightly or not; its answer is then never `public`. */
  hasCredentials(headers: IncomingHttpHeaders): boolean {
    return credentialsOf(headers) !== undefined;
  }

  /** Without waiting: the caller, when its token was verified before. */
  recall(headers: IncomingHttpHeaders): Principal | undefined {
    const credentials = credentialsOf(headers);
    return credentials && this.verifier.recall(credentials.token);
  }

  /**
   * The caller, or null when there is no token or not a good one.
   *
   * @throws KeysUnavailable when the issuer's keys cannot be fetched
   */
  async identify(headers: IncomingHttpHeaders): Promise<Principal | null> {
    const credentials = credentialsOf(headers);
    return credentials ? this.verifier.verify(credentials.token) : null;
  }

  /**
   * The caller, where one is needed.
   *
   * @throws Problem 401 without a good token, 403 `csrf` for a cross-site write by cookie, 503 without keys
   */
  async require(method: string, headers: IncomingHttpHeaders): Promise<Principal> {
    const credentials = credentialsOf(headers);
    if (!credentials) throw new Problem('token_missing', { headers: challenge() });
    if (credentials.from === 'cookie' && !isSameSite(method, headers, this.config.http.corsOrigins))
      throw new Problem('csrf');
    const principal = await this.verifier.verify(credentials.token).catch((error: unknown) => {
      throw error instanceof KeysUnavailable ? new Problem('auth_unavailable', { cause: error }) : error;
    });
    if (!principal) throw new Problem('token_invalid', { headers: challenge('invalid_token') });
    return principal;
  }
}

/** WWW-Authenticate, RFC 6750 section 3. */
const challenge = (error?: string): Record<string, string> => ({
  'www-authenticate': `Bearer realm="prior"${error ? `, error="${error}"` : ''}`,
});
