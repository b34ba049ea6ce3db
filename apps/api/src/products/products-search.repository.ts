import { Injectable } from '@nestjs/common';
import { nothing, raw, type Reader, type Sql, sql } from '@prior/database';
import type { Sort } from './dto/list-query';
import { behind, orders, type Position, type PriceRange, within } from './listing.sql';

/** Full text takes this many matches, the best ones; filters, order and pages are within them. */
export const MAX_MATCHES = 1_000;

export interface Search {
  /** What `matchQuery` made of the question. */
  readonly match: string;
  readonly categoryId?: number;
  readonly inStock: boolean;
  readonly price?: PriceRange;
  readonly sort: Sort | 'relevance';
  readonly after?: Position;
}

export interface Match extends Position {
  /** Whether it passes the filters. */
  readonly kept: number;
  /** Whether it stands behind `after`; always 0 for relevance. */
  readonly behind: number;
}

@Injectable()
export class ProductsSearchRepository {
  /**
   * The best matches in the wanted order, at most `MAX_MATCHES`. InnoDB hands out matches best first, so the LIMIT takes
   * the best without sorting all of them; how many there are decides what InnoDB itself does, which no query can bound.
   */
  matches(reader: Reader, search: Search): Promise<Match[]> {
    const { match, categoryId, inStock, price, sort, after } = search;
    const score = sql`MATCH (searchText) AGAINST (${match} IN BOOLEAN MODE)`;
    const listing =
      categoryId === undefined
        ? nothing
        : sql`LEFT JOIN product_listing l ON l.categoryId = ${categoryId} AND l.productId = p.id`;
    const kept = sql`TRUE${inStock ? raw(' AND p.inStock = 1') : nothing}${within(price, raw('p.updatedPrice'))}${
      categoryId === undefined ? nothing : raw(' AND l.productId IS NOT NULL')
    }`;
    const { key, isBehind, order } = orderOf(sort, after);
    const { text, params } = sql`
      SELECT p.id, CAST(${key} AS CHAR) AS \`key\`, (${kept}) AS kept, (${isBehind}) AS behind
        FROM (SELECT id, ${score} AS score FROM products WHERE ${score} LIMIT ${MAX_MATCHES}) f
             STRAIGHT_JOIN products p ON p.id = f.id ${listing}
       ORDER BY ${order}`;
    return reader.query('products.search', text, params);
  }
}

/** Equally good matches: the most reviewed first. A score is a float, so differences of no meaning are rounded away. */
const RELEVANCE = raw('ROUND(f.score, 3) DESC, p.reviewCount DESC, p.id DESC');

function orderOf(sort: Search['sort'], after: Position | undefined): { key: Sql; isBehind: Sql; order: Sql } {
  if (sort === 'relevance') return { key: raw('0'), isBehind: raw('FALSE'), order: RELEVANCE };
  const { column, direction } = orders[sort];
  const key = raw(`p.${column}`);
  return {
    key,
    isBehind: sql`TRUE${behind(sort, key, raw('p.id'), after)}`,
    order: raw(`p.${column} ${direction}, p.id ${direction}`),
  };
}
