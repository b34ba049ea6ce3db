import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Query } from '@prior/database';
import { seed, type SeedOptions } from '../../apps/cli/src/seed/seed';
import { derivedFromScratch, derivedTables } from '../support/derived-oracle';
import { migratedDatabase } from '../support/migrated';
import { connect, createDatabase, dropDatabase, getStack } from '../support/stack';

jest.setTimeout(120_000);

const stack = getStack();
const small: SeedOptions = { products: 300, categories: 60, reviews: 2000, seed: 1, append: false };
const open: { database: string; db: Connection }[] = [];

async function use(database: string) {
  const db = await connect(stack.primary, database);
  open.push({ database, db });
  const query: Query = async (sql, params) => (await db.query(sql, params))[0];
  const all = async (sql: string) => (await db.query<RowDataPacket[]>(sql))[0];
  return { query, all };
}
const seeded = async (options: Partial<SeedOptions> = {}) => {
  const used = await use(await migratedDatabase(stack));
  await seed(used.query, { ...small, ...options }, () => undefined);
  return used;
};
const contents = async (all: (sql: string) => Promise<RowDataPacket[]>) => [
  await all('SELECT * FROM categories ORDER BY id'),
  await all('SELECT * FROM products ORDER BY id'),
  await all('SELECT * FROM reviews ORDER BY id'),
];

beforeAll(() => jest.spyOn(console, 'error').mockImplementation(() => undefined));
afterAll(async () => {
  for (const { database, db } of open) {
    await db.end();
    await dropDatabase(stack, database);
  }
});

describe('seed', () => {
  let first: Awaited<ReturnType<typeof use>>;
  beforeAll(async () => {
    first = await seeded();
  });

  it('makes the same catalogue for the same options, and another one for another number', async () => {
    const [same, other] = [await seeded(), await seeded({ seed: 2 })];
    expect(await contents(same.all)).toEqual(await contents(first.all));
    const names = async ({ all }: typeof first) =>
      (await all('SELECT name FROM products ORDER BY id')).map(({ name }) => name);
    expect(await names(other)).not.toEqual(await names(first));
  });

  it('leaves derived tables and counters right', async () => {
    expect(await derivedTables(first.query)).toEqual(await derivedFromScratch(first.query));
  });

  it('makes a tree of three levels with products on its leaves', async () => {
    const depths = await first.all(
      `SELECT depth, COUNT(*) AS n FROM (SELECT descendantId, MAX(depth) AS depth FROM category_closure GROUP BY descendantId) d GROUP BY depth ORDER BY depth`,
    );
    expect(depths).toEqual([
      { depth: 0, n: 6 },
      { depth: 1, n: 18 },
      { depth: 2, n: 36 },
    ]);
    const [misplaced] = await first.all(
      'SELECT COUNT(*) AS n FROM products WHERE categoryId IN (SELECT parentId FROM categories)',
    );
    expect(misplaced).toEqual({ n: 0 });
  });

  it('is realistic: Bengali names, discounts, sold-out goods, a few products with most of the reviews', async () => {
    const [facts] = await first.all(
      `SELECT SUM(HEX(name) LIKE 'E0A6%' OR HEX(name) LIKE 'E0A7%') AS bengali, SUM(hasDiscount) AS discounts,
              SUM(updatedPrice < unitPrice) AS cheaper, SUM(quantity = 0) AS soldOut, SUM(searchText IS NULL) AS unsearchable
         FROM products`,
    );
    expect(Number(facts?.['bengali'])).toBeGreaterThan(30);
    expect(Number(facts?.['discounts'])).toBeGreaterThan(30);
    expect(facts?.['cheaper']).toEqual(facts?.['discounts']);
    expect(Number(facts?.['soldOut'])).toBeGreaterThan(5);
    expect(Number(facts?.['unsearchable'])).toBe(0);
    const top = await first.all('SELECT reviewCount FROM products ORDER BY reviewCount DESC LIMIT 3');
    expect(top[0]?.['reviewCount']).toBeGreaterThan(1.5 * Number(top[2]?.['reviewCount']));
  });

  it('refuses a catalogue that holds products, and adds to it when told', async () => {
    await expect(seed(first.query, small, () => undefined)).rejects.toThrow('--force-append');
    const { query, all } = await seeded({ products: 5, reviews: 5 });
    await seed(query, { ...small, products: 7, categories: 3, reviews: 9, append: true }, () => undefined);
    expect(await all('SELECT COUNT(*) AS n FROM products')).toEqual([{ n: 12 }]);
    expect(await derivedTables(query)).toEqual(await derivedFromScratch(query));
  });

  it('says what to do when the database is not migrated', async () => {
    const { query } = await use(await createDatabase(stack));
    await expect(seed(query, small, () => undefined)).rejects.toThrow('npm run migrate');
  });

  it('builds the indexes again after a bulk load', async () => {
    const indexes =
      'SELECT TABLE_NAME AS t, INDEX_NAME AS i, COLUMN_NAME AS c FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2, SEQ_IN_INDEX';
    const { all, query } = await use(await migratedDatabase(stack));
    const before = await all(indexes);
    await seed(query, { ...small, products: 200, bulkFrom: 100 }, () => undefined);
    expect(await all(indexes)).toEqual(before);
  });

  it('works without categories, reviews or products', async () => {
    const { all } = await seeded({ products: 3, categories: 0, reviews: 0 });
    expect(await all('SELECT COUNT(*) AS n, COUNT(categoryId) AS c FROM products')).toEqual([{ n: 3, c: 0 }]);
    const empty = await seeded({ products: 0 });
    expect(await empty.all('SELECT COUNT(*) AS n FROM reviews')).toEqual([{ n: 0 }]);
  });
});
