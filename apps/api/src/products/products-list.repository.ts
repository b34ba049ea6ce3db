import { Injectable } from '@nestjs/common';
import { nothing, raw, type Reader, type Sql, sql } from '@prior/database';
import type { ProductSummary } from './dto/product-output';
import { behind, entries, entriesInRange, type Listing, orders, type Position, within } from './listing.sql';
import { type ListedRow, SUMMARY_COLUMNS, summariesOf, summaryOf } from './product-rows';

/** Nothing is counted further than this. */
export const MAX_COUNT = 10_000;
/**
 * Entries that a list with a price range and another order reads at most. The range has more than 10,000 products then,
 * so a page is normally full after a few; only prices that go with the order (all new ones are expensive) reach it.
 */
export const MAX_WALK = 20_000;

export interface Page {
  readonly products: readonly ProductSummary[];
  /** Where the next page begins; undefined when there is none. */
  readonly next?: Position;
  /** The walk ended early: `products` may be fewer than wanted although there are more. */
  readonly cutShort?: boolean;
}

/** How many products a listing has; `exact: false` means at least so many. */
export interface Total {
  readonly count: number;
  readonly exact: boolean;
}

/** Lists of the catalogue and of categories. What each reads at most is asserted in test/e2e/rows-read.e2e.ts. */
@Injectable()
export class ProductsListRepository {
  /** Of the whole scope, maintained by triggers. */
  async scopeTotal(reader: Reader, listing: Listing): Promise<number> {
    const [row] = await ask<{ total: number }>(reader, 'products.scopeTotal', totalOf(listing));
    return Number(row?.total ?? 0);
  }

  /** Of a price range: exact up to 10,000. */
  async rangeTotal(reader: Reader, listing: Listing): Promise<Total> {
    const counted = entriesInRange(listing, raw('1'), sql` LIMIT ${MAX_COUNT + 1}`);
    const [row] = await ask<{ total: number }>(
      reader,
      'products.rangeTotal',
      sql`SELECT COUNT(*) AS total FROM (${counted}) counted`,
    );
    const count = Number(row?.total ?? 0);
    return { count: Math.min(count, MAX_COUNT), exact: count <= MAX_COUNT };
  }

  /** A page from one index in its own order: without a price range, or sorted by price. */
  page(reader: Reader, listing: Listing): Promise<Page> {
    return this.inOrder(reader, listing);
  }

  /** The same and {@link scopeTotal}, in one statement where there is a row to carry it. */
  async pageAndTotal(reader: Reader, listing: Listing): Promise<Page & { readonly total: Total }> {
    const page = await this.inOrder(reader, listing, sql`, (${totalOf(listing)}) AS total`);
    const count = Number(page.total ?? (await this.scopeTotal(reader, listing)));
    return { ...page, total: { count, exact: true } };
  }

  /** A page of a price range in another order: reads the whole range, which the caller knows to be small, and sorts it. */
  async pageBySorting(reader: Reader, listing: Listing): Promise<Page> {
    const { scope, sort, after, limit, offset } = listing;
    const { column, direction } = orders[sort];
    const [id, key, towards] = [raw(scope.id), raw(column), raw(direction)];
    const rest = sql`${behind(sort, key, id, after)}
      ORDER BY ${key} ${towards}, ${id} ${towards} LIMIT ${limit + 1} OFFSET ${offset}`;
    const sorted = entriesInRange(listing, sql`${id} AS id, ${key} AS k`, rest);
    return this.rows(reader, 'products.pageBySorting', listing, sorted);
  }

  /**
   * A page of a price range in another order: walks that order and leaves out what is not in the range. Tries a short
   * walk first; all tries together walk less than 5/3 of `most`.
   *
   * @param expected entries that should do when prices have nothing to do with the order; 0 when what it was reckoned
   *   from was counted before the first product of the range came
   * @param most entries that it never walks beyond; the page is then `cutShort`
   */
  async pageByWalking(reader: Reader, listing: Listing, expected: number, most: number): Promise<Page> {
    const { sort, price, limit, offset } = listing;
    const direction = raw(orders[sort].direction);
    for (let walk = orMost(Math.max(1, Math.ceil(1.5 * expected)), most); ; walk = orMost(4 * walk, most)) {
      const kept = sql`SELECT id, k FROM (${entries(listing, walk, 0, true)}) walked
                        WHERE TRUE${within(price, raw('price'))}
                        ORDER BY k ${direction}, id ${direction} LIMIT ${limit + 1} OFFSET ${offset}`;
      const page = await this.rows(reader, 'products.pageByWalking', listing, kept);
      if (page.next) return page;
      if (walk === most) return this.endOfWalk(reader, listing, most, page);
    }
  }

  /** Whether the list ends within the walk, or goes on where the walk stopped. */
  private async endOfWalk(reader: Reader, listing: Listing, walk: number, page: Page): Promise<Page> {
    const [end] = await ask<Position>(
      reader,
      'products.endOfWalk',
      sql`SELECT id, CAST(k AS CHAR) AS \`key\` FROM (${entries(listing, 1, walk - 1)}) last`,
    );
    return end ? { products: page.products, next: end, cutShort: true } : page;
  }

  /** @param more columns, with a comma before each */
  private inOrder(reader: Reader, listing: Listing, more?: Sql): Promise<PageRows> {
    const { limit, offset } = listing;
    return this.rows(reader, 'products.page', listing, entries(listing, limit + 1, offset), more);
  }

  private async rows(
    reader: Reader,
    name: string,
    { sort, limit }: Listing,
    inner: Sql,
    more: Sql = nothing,
  ): Promise<PageRows> {
    const direction = raw(orders[sort].direction);
    const rows = await ask<ListedRow & { sortKey: string; total?: number | string }>(
      reader,
      name,
      sql`SELECT ${SUMMARY_COLUMNS}, CAST(x.k AS CHAR) AS sortKey${more}
            FROM ${summariesOf(inner)} ORDER BY x.k ${direction}, x.id ${direction}`,
    );
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      products: rows.slice(0, limit).map(summaryOf),
      total: rows[0]?.total,
      ...(last && { next: { key: last.sortKey, id: last.id } }),
    };
  }
}

/** A page as it was read; `total` where a column of that name was asked for, of a page with rows. */
type PageRows = Page & { readonly total?: number | string };

/** SELECT of a scope's `total`. */
const totalOf = ({ scope, inStock }: Listing): Sql =>
  sql`SELECT ${raw(inStock ? 'inStock' : 'products')} AS total FROM category_totals WHERE categoryId = ${scope.totalsId}`;

/** A walk of more than half of what is allowed may as well be all of it. */
const orMost = (walk: number, most: number): number => (2 * walk > most ? most : walk);

const ask = <Row>(reader: Reader, name: string, { text, params }: Sql): Promise<Row[]> =>
  reader.query<Row>(name, text, params);
