import { nothing, raw, type Sql, sql } from '@prior/database';
import type { Sort } from './dto/list-query';

/** Where a list was left: the last row's sort column, as the server writes it, and its id. */
export interface Position {
  readonly key: string;
  readonly id: number;
}

export interface PriceRange {
  readonly min?: string;
  readonly max?: string;
}

/** What is listed: the whole catalogue, or a category with everything below it. */
export interface Scope {
  readonly table: 'products' | 'product_listing';
  /** The column of the product's id. */
  readonly id: 'id' | 'productId';
  readonly index: 'idx_products_stock' | 'idx_listing';
  /** The equality in front of `inStock` in all of its indexes. */
  readonly within: Sql;
  /** Its row in category_totals. */
  readonly totalsId: number;
}

export const catalogue: Scope = {
  table: 'products',
  id: 'id',
  index: 'idx_products_stock',
  within: nothing,
  totalsId: 0,
};

export const subtree = (categoryId: number): Scope => ({
  table: 'product_listing',
  id: 'productId',
  index: 'idx_listing',
  within: sql`categoryId = ${categoryId} AND `,
  totalsId: categoryId,
});

/** One list in one order, and the part of it that is wanted. */
export interface Listing {
  readonly scope: Scope;
  /** Only what is in stock, or all. */
  readonly inStock: boolean;
  readonly sort: Sort;
  readonly price?: PriceRange;
  /** Begin behind this row; then `offset` is 0. */
  readonly after?: Position;
  readonly offset: number;
  readonly limit: number;
}

interface Order {
  readonly column: string;
  /** Behind the scope's prefix, the name of the index (scope, inStock, column, id). */
  readonly index: string;
  readonly direction: 'ASC' | 'DESC';
  /** A position's key as a value of the column's type: compared as text or float it would be another order. */
  readonly key: (key: string) => Sql;
}

const decimal = (digits: string): Sql => sql`CAST(${digits} AS DECIMAL(30,10))`;
const time = (text: string): Sql => sql`CAST(${text} AS DATETIME(6))`;
const integer = (digits: string): Sql => sql`${Number(digits)}`;

const price = { column: 'updatedPrice', index: 'price', key: decimal };

export const orders: Readonly<Record<Sort, Order>> = {
  newest: { column: 'created_at', index: 'created', direction: 'DESC', key: time },
  price: { ...price, direction: 'ASC' },
  '-price': { ...price, direction: 'DESC' },
  rating: { column: 'rating', index: 'rating', direction: 'DESC', key: decimal },
  popular: { column: 'reviewCount', index: 'reviews', direction: 'DESC', key: integer },
};

/** `AND …` for the prices of a range; nothing without one. */
export function within(range: PriceRange | undefined, column = raw('updatedPrice')): Sql {
  const min = range?.min === undefined ? nothing : sql` AND ${column} >= ${decimal(range.min)}`;
  const max = range?.max === undefined ? nothing : sql` AND ${column} <= ${decimal(range.max)}`;
  return sql`${min}${max}`;
}

/** Two ranges of an index rather than a row comparison, which the servers do not look up in one. */
export function behind(sort: Sort, column: Sql, id: Sql, after: Position | undefined): Sql {
  if (!after) return nothing;
  const { direction, key } = orders[sort];
  const beyond = raw(direction === 'DESC' ? '<' : '>');
  const value = key(after.key);
  return sql` AND (${column} ${beyond} ${value} OR (${column} = ${value} AND ${id} ${beyond} ${after.id}))`;
}

/**
 * The entries of a listing in its order, read from one covering index range; all of stock is two such ranges, merged.
 * Reads `skip + take` entries of each.
 *
 * @param withPrice also hands out `price`, for a filter around it; then the rows themselves are read
 * @returns SELECT of `id` and `k`, the sort column
 */
export function entries(listing: Listing, take: number, skip: number, withPrice = false): Sql {
  const { scope, inStock, sort } = listing;
  const { column, direction, index } = orders[sort];
  const [id, key] = [raw(scope.id), raw(column)];
  // A range of another column is not in this index; whoever wants it filters around.
  const prices = column === price.column ? within(listing.price) : nothing;
  const range = (stock: 0 | 1, rows: number, from: number): Sql =>
    sql`SELECT ${id} AS id, ${key} AS k${raw(withPrice ? ', updatedPrice AS price' : '')}
          FROM ${raw(scope.table)} FORCE INDEX (${raw(`${scope.index}_${index}`)})
         WHERE ${scope.within}inStock = ${stock}${prices}${behind(sort, key, id, listing.after)}
         ORDER BY ${key} ${raw(direction)}, ${id} ${raw(direction)} LIMIT ${rows} OFFSET ${from}`;
  if (inStock) return range(1, take, skip);
  return sql`(${range(1, skip + take, 0)}) UNION ALL (${range(0, skip + take, 0)})
             ORDER BY k ${raw(direction)}, id ${raw(direction)} LIMIT ${take} OFFSET ${skip}`;
}

/** The entries of a price range, to be counted or sorted: read from the price's index, whatever the order. */
export function entriesInRange({ scope, inStock, price: range }: Listing, columns: Sql, rest: Sql): Sql {
  return sql`SELECT ${columns} FROM ${raw(scope.table)} FORCE INDEX (${raw(`${scope.index}_price`)})
              WHERE ${scope.within}${raw(inStock ? 'inStock = 1' : 'inStock IN (0, 1)')}${within(range)}${rest}`;
}
