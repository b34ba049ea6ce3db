import type { IncomingHttpHeaders } from 'node:http';

export const AUTH_COOKIE = 'auth_token';

export interface Credentials {
  readonly token: string;
  /** A cookie is sent by the browser whoever wrote the page: writes with it need an Origin check. */
  readonly from: 'header' | 'cookie';
}

/** The token of a request, if any. A bearer token goes before the cookie, because somebody put it there on purpose. */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials | undefined {
  const { authorization, cookie } = headers;
  if (authorization !== undefined) {
    const match = /^Bearer +([^\s]+) *$/i.exec(authorization);
    // Another scheme, or nothing behind it: still somebody who claims to be someone.
    return { token: match?.[1] ?? '', from: 'header' };
  }
  const token = cookie === undefined ? undefined : readCookie(cookie, AUTH_COOKIE);
  return token === undefined || token === '' ? undefined : { token, from: 'cookie' };
}

/** One cookie of a Cookie header (RFC 6265, section 4.2.1), quotes taken off; the first of that name counts. */
export function readCookie(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) {
      return pair
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1');
    }
  }
  return undefined;
}
