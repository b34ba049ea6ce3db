import type { IncomingHttpHeaders } from 'node:http';
import { AUTH_COOKIE } from '@prior/http';
import { TOKEN_COOKIE, TOKEN_HEADER } from '@prior/cache';

/**
 * Whether a request is like everybody else's: without credentials, without a consistency token, without a body. What
 * it may hold besides is in {@link variantName}, or has no effect on an answer, which the tests of web cache
 * deception and poisoning show.
 */
export const isPlain = (headers: IncomingHttpHeaders): boolean =>
  headers.authorization === undefined &&
  headers[TOKEN_HEADER] === undefined &&
  headers['content-length'] === undefined &&
  headers['content-encoding'] === undefined &&
  headers['transfer-encoding'] === undefined &&
  (headers.cookie === undefined ||
    !(headers.cookie.includes(AUTH_COOKIE) || headers.cookie.includes(TOKEN_COOKIE)));

/** What the head of an answer depends on, beside the entry. */
export const variantName = (encoding: string | undefined, origin: string | undefined): string =>
  origin === undefined ? (encoding ?? '') : `${encoding ?? ''} ${origin}`;
