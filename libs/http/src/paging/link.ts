type Value = string | number | boolean | null | undefined;

/**
 * A Link header (RFC 8288).
 *
 * @param path the list's own path
 * @param query its parameters
 * @param relations for each relation, what is different there; null drops a parameter
 * @example linkHeader('/api/products', { limit: 20, page: 2 }, { next: { page: null, cursor }, prev: { page: 1 } })
 */
export function linkHeader(
  path: string,
  query: Readonly<Record<string, Value>>,
  relations: Readonly<Record<string, Readonly<Record<string, Value>> | undefined>>,
): string {
  return Object.entries(relations)
    .filter(([, changes]) => changes !== undefined)
    .map(([relation, changes]) => `<${withQuery(path, { ...query, ...changes })}>; rel="${relation}"`)
    .join(', ');
}

function withQuery(path: string, query: Readonly<Record<string, Value>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) search.append(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
