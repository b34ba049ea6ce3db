import { stringify } from 'fast-querystring';

type Value = string | number | boolean | null | undefined;
type Query = Readonly<Record<string, Value>>;

/**
 * A Link header (RFC 8288).
 *
 * @param path the list's own path
 * @param query parameters that all relations have
 * @param relations for each relation, those that it has beside them
 * @example linkHeader('/api/products', { limit: 20 }, { next: { cursor }, prev: { page: 1 } })
 */
export function linkHeader(
  path: string,
  query: Query,
  relations: Readonly<Record<string, Query | undefined>>,
): string {
  const common = search(query);
  let header = '';
  for (const relation in relations) {
    const own = relations[relation];
    if (own === undefined) continue;
    const more = search(own);
    const both = common !== '' && more !== '' ? `${common}&${more}` : common + more;
    header += `${header === '' ? '' : ', '}<${path}${both === '' ? '' : `?${both}`}>; rel="${relation}"`;
  }
  return header;
}

/** What is null or undefined is left out. */
function search(query: Query): string {
  const asked: Record<string, Value> = {};
  for (const name in query) if (query[name] !== null && query[name] !== undefined) asked[name] = query[name];
  return stringify(asked);
}
