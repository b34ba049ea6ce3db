import type { IncomingHttpHeaders } from 'node:http';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a request that is signed in by cookie may do what it asks for. Browsers send `Origin` with every unsafe
 * method and no page can forge it; where it is missing, `Sec-Fetch-Site` has to say that the page is our own.
 *
 * @param allowed origins of CORS_ORIGINS
 */
export function isSameSite(
  method: string,
  headers: IncomingHttpHeaders,
  allowed: readonly string[],
): boolean {
  if (SAFE.has(method)) return true;
  const { origin, host } = headers;
  if (origin !== undefined)
    return allowed.includes(origin) || (host !== undefined && hostOf(origin) === host.toLowerCase());
  return headers['sec-fetch-site'] === 'same-origin';
}

/** Scheme aside: TLS may have ended before us. `null` (a sandboxed page) has no host. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
