/** What an answer's headers say about the shared cache that it came through. */
export interface Edge {
  /** undefined when no header tells of one. */
  readonly name: string | undefined;
  readonly hit: boolean | undefined;
}

const first = (headers: Headers, ...names: string[]): string | null => {
  for (const name of names) if (headers.has(name)) return headers.get(name);
  return null;
};

/** Members of Cache-Status (RFC 9211) that are not the API's own, nearest to the client last. */
const othersIn = (headers: Headers): string[] =>
  (headers.get('cache-status') ?? '')
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '' && !/^"?prior"?(;|$)/i.test(member));

const nameOf = (headers: Headers): string | undefined => {
  const via = headers.get('via') ?? '';
  if (headers.has('cf-ray')) return 'Cloudflare';
  if (headers.has('x-amz-cf-id')) return 'CloudFront';
  if (/fastly|cache-/i.test(headers.get('x-served-by') ?? '')) return 'Fastly';
  if (headers.has('x-varnish') || /varnish/i.test(via)) return 'Varnish';
  const other = othersIn(headers).at(-1);
  if (other !== undefined) return other.split(';')[0];
  if (headers.has('x-edge-cache') || headers.has('x-cache-status') || headers.has('x-proxy-cache'))
    return 'a shared cache';
  return via === '' ? undefined : via;
};

/** @param headers of an answer; X-Cache alone tells of no edge, because the API sends it too */
export function edgeOf(headers: Headers): Edge {
  const name = nameOf(headers);
  if (name === undefined) return { name, hit: undefined };
  const other = othersIn(headers).at(-1);
  const said =
    first(headers, 'cf-cache-status', 'x-edge-cache', 'x-cache-status', 'x-proxy-cache') ??
    (other === undefined ? null : /;\s*hit\b/.test(other) ? 'HIT' : 'MISS') ??
    // Varnish names the request that filled its cache behind the present one.
    (headers.has('x-varnish') ? (/^\d+ \d+$/.test(headers.get('x-varnish') ?? '') ? 'HIT' : 'MISS') : null) ??
    (name === 'CloudFront' || name === 'Fastly' ? headers.get('x-cache') : null);
  return { name, hit: said === null ? undefined : /hit|stale|revalidated|updating/i.test(said) };
}

/** Seconds of a Cache-Control directive; undefined when it is not there. */
export function directive(headers: Headers, name: string): number | undefined {
  const found = new RegExp(`(?:^|[\\s,])${name}=(\\d+)`).exec(headers.get('cache-control') ?? '');
  return found ? Number(found[1]) : undefined;
}
