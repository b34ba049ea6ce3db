import type { Lab } from '../lab/lab';

/** The columns that the report knows of a product. */
const PRODUCT = `id, name, slug, description, long_description, thumbnail, images, specs, unitPrice, updatedPrice,
  hasDiscount, quantity, categoryId, created_at, updated_at`;

/** Bytes of an answer in the report's test: 1.2 GB received in 3,923 requests. */
const REPORTED_BYTES = 306_000;
const REVIEWS_PER_PRODUCT = 5;

export const RECOMMENDED = 'prior_recommended';
export const CURRENT = 'prior_current';

const tables = (from: string, to: string, products: string, reviews: string): string => `
  DROP DATABASE IF EXISTS ${to};
  CREATE DATABASE ${to} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
  CREATE TABLE ${to}.products (PRIMARY KEY (id)) SELECT ${PRODUCT} FROM ${from}.products ${products};
  CREATE TABLE ${to}.categories (PRIMARY KEY (id)) SELECT id, name, slug FROM ${from}.categories;
  CREATE TABLE ${to}.reviews (PRIMARY KEY (id)) SELECT id, product_id, rating, body, created_at FROM ${from}.reviews ${reviews};`;

/** The report's tables with the indexes that its solution 4 adds, and all products of ours. */
async function recommended({ servers }: Lab, from: string): Promise<void> {
  await servers.primary.sql(`${tables(from, RECOMMENDED, '', '')}
    USE ${RECOMMENDED};
    CREATE INDEX idx_products_category_id ON products(categoryId);
    CREATE INDEX idx_products_slug ON products(slug);
    CREATE INDEX idx_products_quantity ON products(quantity);
    CREATE INDEX idx_products_updated_price ON products(updatedPrice);
    CREATE INDEX idx_products_created_at ON products(created_at);
    CREATE INDEX idx_products_category_price ON products(categoryId, updatedPrice, quantity);
    ANALYZE TABLE products, categories, reviews;`);
}

/**
 * The report's tables without any index. They hold as many of our newest products as give the answer that the report
 * received (306 KB; its fastest took 81 ms): with all 10,000 and no index on reviews one answer takes minutes.
 */
async function current({ servers }: Lab, from: string): Promise<number> {
  const size = `SUM(300 + LENGTH(name) + LENGTH(slug) + LENGTH(COALESCE(description, '')) + LENGTH(COALESCE(thumbnail, ''))
    + LENGTH(COALESCE(long_description, '')) + LENGTH(COALESCE(images, '')) + LENGTH(COALESCE(specs, '')))`;
  const [[bytes, rows] = []] = await servers.primary.sql(
    `SELECT ${size}, COUNT(*) FROM (SELECT * FROM ${from}.products WHERE inStock = 1 ORDER BY created_at DESC LIMIT 200) newest`,
  );
  const count = Math.round(REPORTED_BYTES / (Number(bytes) / Number(rows)));
  const newest = `WHERE inStock = 1 ORDER BY created_at DESC, id DESC LIMIT ${count}`;
  await servers.primary.sql(
    tables(from, CURRENT, newest, `ORDER BY id LIMIT ${count * REVIEWS_PER_PRODUCT}`),
  );
  return count;
}

/** Makes the tables of both of the report's backends anew. @returns how many products the current one has */
export async function makeReportSchemas(lab: Lab, from: string): Promise<number> {
  await recommended(lab, from);
  return current(lab, from);
}
