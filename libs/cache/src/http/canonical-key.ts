/**
 * The cache key of a question: method, route, and what its path and query say, validated, defaulted and sorted. Unknown
 * parameters are gone by then, so nobody can fragment the cache with `?utm_source=…`.
 *
 * @param route the route's pattern, `/api/products/:slug`
 */
export function canonicalKey(
  route: string,
  params: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, unknown>>,
): string {
  return `GET ${route} ${sorted(params)} ${sorted(query)}`;
}

/** The route's pattern in a key. */
export const routeOf = (key: string): string => key.slice('GET '.length, key.indexOf(' ', 'GET '.length));

function sorted(values: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(values)
    .filter((name) => values[name] !== undefined)
    .sort();
  return JSON.stringify(names.map((name) => [name, values[name]]));
}
