import { stringify } from 'fast-querystring';

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
  const asked: Record<string, Value> = {};
  for (const name in query) if (query[name] !== null && query[name] !== undefined) asked[name] = query[name];
  const search = stringify(asked);
  return search === '' ? path : `${path}?${search}`;
}
