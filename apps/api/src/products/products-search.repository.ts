import { Injectable } from '@nestjs/common';
import { nothing, raw, type Reader, type Sql, sql } from '@prior/database';
import type { Sort } from './dto/list-query';
import { behind, orders, type Position, type PriceRange, within } from './listing.sql';

/** A search hands out so many products, the first ones in the wanted order. */
export const MAX_FOUND = 1_000;
/** With a filter or an order of its own it looks among so many matches. */
export const MAX_MATCHES = 10_000;

export interface Search {
  /** What `matchQuery` made of the question. */
  readonly match: string;
  readonly categoryId?: number;
  readonly inStock: boolean;
  readonly price?: PriceRange;
  readonly sort: Sort | 'relevance';
  readonly after?: Position;
}

export interface Hit extends Position {
  /** Whether it stands behind `after`, 0 or 1; always 0 for relevance. */
  readonly behind: number;
}

@Injectable()
export class ProductsSearchRepository {
  /**
   * The hits in the wanted order, at most `MAX_FOUND`.
   *
   * InnoDB works out all matches of the words before it hands out the first one, which no query can bound. What is
   * bounded is what is done with them. Every word is required and counted once, so InnoDB's own score is the same for
   * all of them: among more matches than are looked at, the oldest products are taken.
   *
   * @returns `complete: false` when there are more
   */
  async hits(reader: Reader, search: Search): Promise<{ hits: Hit[]; complete: boolean }> {
    const { match, categoryId, inStock, price, sort, after } = search;
    const narrowed = categoryId !== undefined || price !== undefined || sort !== 'relevance';
    const most = narrowed ? MAX_MATCHES : MAX_FOUND;
    const ids = await this.matches(reader, match, most);
    if (ids.length === 0) return { hits: [], complete: true };
    const listed =
      categoryId === undefined
        ? nothing
        : sql`JOIN product_listing l ON l.categoryId = ${categoryId} AND l.productId = p.id`;
    const { key, isBehind, order } = orderOf(match, sort, after);
    const { text, params } = sql`
      SELECT p.id, CAST(${key} AS CHAR) AS \`key\`, (${isBehind}) AS behind
        FROM JSON_TABLE(${JSON.stringify(ids)}, '$[*]' COLUMNS (id BIGINT PATH '$')) matches
             STRAIGHT_JOIN products p ON p.id = matches.id ${listed}
       WHERE TRUE${inStock ? raw(' AND p.inStock = 1') : nothing}${within(price, raw('p.updatedPrice'))}
       ORDER BY ${order} LIMIT ${MAX_FOUND + 1}`;
    const hits = await reader.query<Hit>('products.search', text, params);
    return { hits: hits.slice(0, MAX_FOUND), complete: ids.length < most && hits.length <= MAX_FOUND };
  }

  private async matches(reader: Reader, match: string, most: number): Promise<number[]> {
    const rows = await reader.query<{ id: number }>(
      'products.matches',
      'SELECT id FROM products WHERE MATCH (searchText) AGAINST (? IN BOOLEAN MODE) LIMIT ?',
      [match, most],
    );
    return rows.map(({ id }) => id);
  }
}

/** Letters of `searchText` within which the place of a word makes no difference: about the length of a name. */
const NEARBY = 64;

/**
 * Best first: the last word as a whole before its beginning alone, words of the name before words of the description
 * (`searchText` has them in that order), then the most reviewed product, then the newest.
 */
function relevance(match: string): Sql {
  const words = match.split(' ').map((word) => word.replace(/[+*]/g, ''));
  const whole = sql`LOCATE(${` ${words.at(-1)} `}, CONCAT(p.searchText, ' ')) = 0`;
  const places = words.map((word) => sql`FLOOR(LOCATE(${` ${word}`}, p.searchText) / ${NEARBY})`);
  const place = places.reduce((sum, next) => sql`${sum} + ${next}`);
  return sql`${whole}, ${place}, p.reviewCount DESC, p.id DESC`;
}

function orderOf(
  match: string,
  sort: Search['sort'],
  after: Position | undefined,
): { key: Sql; isBehind: Sql; order: Sql } {
  if (sort === 'relevance') return { key: raw('0'), isBehind: raw('FALSE'), order: relevance(match) };
  const { column, direction } = orders[sort];
  const key = raw(`p.${column}`);
  return {
    key,
    isBehind: sql`TRUE${behind(sort, key, raw('p.id'), after)}`,
    order: raw(`p.${column} ${direction}, p.id ${direction}`),
  };
}
