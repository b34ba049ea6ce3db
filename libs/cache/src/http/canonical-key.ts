/**
 * The cache key of a question: method, route, and the validated, defaulted, sorted query. Unknown parameters are gone
 * by then, so nobody can fragment the cache with `?utm_source=…`.
 *
 * @param route the route's pattern, `/api/products/:slug`
 */
export function canonicalKey(
  route: string,
  params: Readonly<Record<string, string>>,
  query: Readonly<Record<string, unknown>>,
): string {
  return `GET ${route} ${sorted(params)} ${sorted(query)}`;
}

function sorted(values: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(values)
    .filter((name) => values[name] !== undefined)
    .sort();
  return JSON.stringify(names.map((name) => [name, values[name]]));
}
