import type { CachedOptions } from '@prior/cache';
import { linkHeader, MAX_OFFSET_ROWS } from '@prior/http';
import { categoryTags } from '../categories';
import { listQuery, type ListQuery, parametersOf } from './dto/list-query';
import type { ProductList } from './dto/product-output';
import { productTags } from './products.events';

/** The facts that a list shows, as far as the question tells them. */
export function listTags({ ids, slugs, category, categoryId }: ListQuery): string[] {
  const scope = (): string[] => {
    if (ids) return ids.map(productTags.id);
    if (slugs) return slugs.map(productTags.at);
    if (categoryId !== undefined) return [categoryTags.listById(categoryId)];
    if (category !== undefined) return [categoryTags.listBySlug(category)];
    return [productTags.all];
  };
  return [...scope(), categoryTags.tree];
}

/** The pages around (RFC 8288). `next` goes by cursor: it has no depth that it cannot reach. */
export function listLinks(
  { page, totalPages, nextCursor, totalIsLowerBound }: ProductList,
  asked: ListQuery,
): string {
  const numbered = asked.cursor === undefined;
  const reachable = totalPages > 0 && totalPages * asked.limit <= MAX_OFFSET_ROWS && !totalIsLowerBound;
  return linkHeader('/api/products', parametersOf(asked), {
    first: {},
    prev: numbered && page > 1 ? { page: page - 1 } : undefined,
    next: nextCursor === null ? undefined : { cursor: nextCursor },
    last: reachable ? { page: totalPages } : undefined,
  });
}

export const listCaching: CachedOptions<ListQuery, ProductList> = {
  ttl: 'list',
  query: listQuery,
  tags: ({ query }) => listTags(query),
  workClass: ({ query }) => (query.q === undefined ? 'list' : 'search'),
  headers: (list, { query }) => ({ link: listLinks(list, query) }),
};
