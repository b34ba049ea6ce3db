import type { Connection } from 'mysql2/promise';
import { rebuildDerived, searchText } from '@prior/database';
import { random } from './random';

const BATCH = 5_000;
const COLUMNS =
  'id, name, slug, description, unitPrice, updatedPrice, hasDiscount, quantity, categoryId, reviewCount, ratingSum, created_at, searchText';

const NAMES = ['cotton shirt', 'leather shoe', 'silk sari', 'clay lamp', 'jute bag', 'তাঁতের শাড়ি'] as const;

/** Categories of the big catalogue: 1 is the root of all; 2 and 3 are below it; 4 is below 2 and holds few products. */
export const BIG = { root: 1, half: 2, other: 3, small: 4 } as const;

/**
 * Fills an empty, migrated database with many products that are unkind to lists: few distinct ratings and review
 * counts (long ties), the same second for many, a tenth sold out, and prices of two kinds: below 100,000 at random,
 * from 200,000 on only the oldest products (a price range and the newest ones then exclude one another).
 *
 * Reviews are not made: `reviewCount` and `ratingSum` stand for themselves.
 */
export async function fillBigCatalogue(db: Connection, products = 100_000): Promise<void> {
  await db.query(
    `INSERT INTO categories (id, name, slug, parentId) VALUES
       (1, 'All', 'all', NULL), (2, 'Half', 'half', 1), (3, 'Other', 'other', 1), (4, 'Small', 'small', 2)`,
  );
  // Filled row by row the full-text index takes as long as everything else together.
  await db.query('ALTER TABLE products DROP INDEX ft_products_search; SET @prior_bulk = 1');
  const { integer, pick } = random(7);
  const start = Date.UTC(2025, 0, 1);
  for (let first = 1; first <= products; first += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, products - first + 1) }, (_, i) => {
      const id = first + i;
      const name = `${pick(NAMES)} ${id}`;
      const expensive = id <= products / 5;
      const price = `${expensive ? 200_000 + integer(100_000) : integer(100_000)}.${integer(90) + 10}`;
      const reviews = integer(4) === 0 ? integer(6) : 0;
      const category = id % 500 === 0 ? BIG.small : id % 2 === 0 ? BIG.half : BIG.other;
      const created = new Date(start + Math.floor(id / 10) * 1_000);
      return [
        id,
        name,
        `product-${id}`,
        null,
        price,
        price,
        0,
        integer(10) === 0 ? 0 : integer(50) + 1,
        category,
        reviews,
        reviews * (integer(5) + 1),
        created,
        searchText(name, null),
      ];
    });
    await db.query(`INSERT INTO products (${COLUMNS}) VALUES ?`, [rows]);
  }
  await db.query(
    'SET @prior_bulk = NULL; ALTER TABLE products ADD FULLTEXT INDEX ft_products_search (searchText)',
  );
  await withoutRecount(db);
}

/** The derived tables are made from scratch; counters without reviews would be set to 0, so reviews stand aside. */
async function withoutRecount(db: Connection): Promise<void> {
  const query = async (sql: string, params?: unknown[]) =>
    /FROM products p LEFT JOIN reviews r/.test(sql) ? [] : (await db.query(sql, params))[0];
  await rebuildDerived(query);
  await db.query('ANALYZE TABLE products, product_listing, category_totals');
}
