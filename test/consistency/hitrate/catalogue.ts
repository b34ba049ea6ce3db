import type { Connection, ResultSetHeader } from 'mysql2/promise';
import { rebuildDerived } from '@prior/database';
import { connect, type Server, syncReplicas, type Stack } from '../../support/stack';

const CATEGORIES = 20;

/** A catalogue of so many products, loaded in bulk: `p-0` is the most wanted. */
export async function fillCatalogue(
  stack: Stack,
  primary: Server,
  database: string,
  products: number,
): Promise<void> {
  const db = await connect(primary, database);
  try {
    await insertAll(db, products);
  } finally {
    await db.end();
  }
  await syncReplicas(stack);
}

async function insertAll(db: Connection, products: number): Promise<void> {
  await db.query('SET @prior_bulk = 1');
  const categories = Array.from({ length: CATEGORIES }, (_, i) => [`Category ${i}`, `category-${i}`]);
  const [made] = await db.query<ResultSetHeader>('INSERT INTO categories (name, slug) VALUES ?', [
    categories,
  ]);
  const rows = Array.from({ length: products }, (_, i) => {
    const price = `${(i % 900) + 10}.00`;
    return [`Product ${i}`, `p-${i}`, price, price, 1_000_000, made.insertId + (i % CATEGORIES)];
  });
  await db.query(
    'INSERT INTO products (name, slug, unitPrice, updatedPrice, quantity, categoryId) VALUES ?',
    [rows],
  );
  await rebuildDerived(async (sql, params) => (await db.query(sql, params as unknown[]))[0]);
}

/** What a shop's visitors ask: details, and the lists that lead to them. */
export function urls(products: number): { details: string[]; lists: string[] } {
  return {
    details: Array.from({ length: products }, (_, i) => `/api/products/p-${i}`),
    lists: [
      '/api/products',
      '/api/products?sort=price',
      '/api/products?page=2',
      ...Array.from({ length: CATEGORIES }, (_, i) => `/api/products?category=category-${i}`),
    ],
  };
}
