import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { matchQuery, type Query } from '@prior/database';
import { derivedFromScratch, derivedTables } from '../support/derived-oracle';
import { migrateDatabase } from '../support/migrated';
import { connect, createDatabase, dropDatabase, getStack } from '../support/stack';

// Whole migrations run here, on machines that others use too.
jest.setTimeout(240_000);

const stack = getStack();

/** A database with the fixture's tables and rows, not yet migrated. */
async function older(fixture: string) {
  const database = await createDatabase(stack);
  const db = await connect(stack.primary, database);
  await db.query(readFileSync(join(__dirname, 'fixtures', fixture), 'utf8'));
  const query: Query = async (sql, params) => (await db.query(sql, params))[0];
  const all = async (sql: string) => (await db.query<RowDataPacket[]>(sql))[0];
  const discard = async () => {
    await db.end();
    await dropDatabase(stack, database);
  };
  return { database, db, query, all, discard };
}

/** What every write of the API needs, beside values of its own. */
async function insertLikeTheApi(db: Connection): Promise<void> {
  await db.query(`INSERT INTO categories (name, slug, parentId) VALUES ('New', 'new', NULL)`);
  const [result] = await db.query(
    `INSERT INTO products (name, slug, unitPrice, updatedPrice, hasDiscount, quantity, categoryId, description, thumbnail)
     SELECT 'নতুন 📱', 'new', 1234567890.12, 1.00, 1, 2, MAX(id), NULL, NULL FROM categories`,
  );
  const product_id = (result as { insertId: number }).insertId;
  const review = { product_id, author: 'sub', authorName: 'Rahim', rating: 4, title: 't', body: 'ভালো' };
  await db.query('INSERT INTO reviews SET ?', [review]);
}

describe('over a database of the report’s shape', () => {
  let legacy: Awaited<ReturnType<typeof older>>;
  let before: Record<string, RowDataPacket[]>;
  let lines: string[];
  const snapshot = async () => ({
    categories: await legacy.all('SELECT * FROM categories ORDER BY id'),
    products: await legacy.all('SELECT * FROM products ORDER BY id'),
    reviews: await legacy.all('SELECT * FROM reviews ORDER BY id'),
  });

  beforeAll(async () => {
    legacy = await older('report-schema.sql');
    before = await snapshot();
    lines = await migrateDatabase(stack, legacy.database);
  });
  afterAll(() => legacy?.discard());

  it('keeps every row and every value that was there', async () => {
    const after: Record<string, RowDataPacket[]> = await snapshot();
    const reshaped = new Set(['slug', 'images', 'specs']);
    for (const [table, rows] of Object.entries(before)) {
      expect(after[table]).toHaveLength(rows.length);
      rows.forEach((row, i) => {
        for (const [column, value] of Object.entries(row)) {
          if (value === null || (table === 'products' && reshaped.has(column))) continue;
          expect([table, column, after[table]?.[i]?.[column]]).toEqual([table, column, value]);
        }
      });
    }
  });

  it('gives every product an address of its own, and takes none away', async () => {
    expect(
      (await legacy.all('SELECT id, slug FROM products ORDER BY id')).map(({ id, slug }) => `${id} ${slug}`),
    ).toEqual(['1 silk-saree', '2 silk-saree-2', '5 smart-tv-43', '6 ঢাকাই-জামদানি', '8 Orphan', '9 orphan']);
    expect(lines.join('\n')).toContain('products: 3 missing or repeated slugs replaced');
  });

  it('fills what must not be NULL from what is known', async () => {
    const [second] = await legacy.all(
      'SELECT updatedPrice, hasDiscount, quantity FROM products WHERE id = 2',
    );
    expect(second).toEqual({ updatedPrice: '2600.00', hasDiscount: 0, quantity: 0 });
    const [sixth] = await legacy.all('SELECT created_at IS NOT NULL AS at FROM products WHERE id = 6');
    expect(sixth).toEqual({ at: 1 });
    const [review] = await legacy.all('SELECT body, author, rating FROM reviews WHERE id = 1');
    expect(review).toEqual({ body: 'Lovely', author: null, rating: 5 });
  });

  it('brings images and specs into their shapes', async () => {
    const rows = await legacy.all('SELECT images, specs FROM products ORDER BY id');
    const json = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);
    expect(rows.map(({ images, specs }) => [json(images), json(specs)])).toEqual([
      [
        [
          { url: 'a.jpg', alt: null },
          { url: 'b.jpg', alt: null },
        ],
        { Colour: 'red', Length: '5.5' },
      ],
      [null, null],
      [
        [
          { url: 'x.jpg', alt: null },
          { url: 'y.jpg', alt: null },
        ],
        { Details: 'Made in Bangladesh' },
      ],
      [[{ url: 'j.jpg', alt: 'J' }], null],
      [null, null],
      [null, null],
    ]);
  });

  it('derives lists, totals, ratings and search from the rows', async () => {
    expect(await derivedTables(legacy.query)).toEqual(await derivedFromScratch(legacy.query));
    const [first] = await legacy.all('SELECT reviewCount, ratingSum, rating FROM products WHERE id = 1');
    expect(first).toEqual({ reviewCount: 2, ratingSum: 9, rating: '4.50' });
    for (const [question, id] of [
      ['tv', 5],
      ['জামদানি', 6],
      ['শাড়ি', 6],
    ] as const) {
      const [found] = await legacy.db.query(
        'SELECT id FROM products WHERE MATCH (searchText) AGAINST (? IN BOOLEAN MODE)',
        [matchQuery(question)],
      );
      expect(found).toEqual([{ id }]);
    }
  });

  it('says where a table is locked against writes', () => {
    const locked = lines.filter((line) => line.includes('cannot do this online'));
    expect(locked.some((line) => line.includes('ft_products_search'))).toBe(true);
    expect(locked.every((line) => /writes to \w+ \(about \d+ rows\) wait/.test(line))).toBe(true);
    expect(
      lines.some((line) => line.includes('idx_products_stock_created') && line.includes('(online)')),
    ).toBe(true);
  });

  it('does nothing when it is run again', async () => {
    expect(await migrateDatabase(stack, legacy.database)).toEqual([]);
  });

  it('runs again from the start, as after a crash, without changing a row', async () => {
    const state = await snapshot();
    const schema = () =>
      legacy.all(`SELECT * FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 3, 4`);
    const columns = await schema();
    await legacy.db.query('DELETE FROM prior_migrations');
    const again = await migrateDatabase(stack, legacy.database);
    expect(again.filter((line) => /adding|adjusting|created|converting|replaced/.test(line))).toEqual([]);
    expect(await snapshot()).toEqual(state);
    expect(await schema()).toEqual(columns);
  });

  it('takes new rows, with the columns that only the older application fills left out', async () => {
    await insertLikeTheApi(legacy.db);
    expect(await derivedTables(legacy.query)).toEqual(await derivedFromScratch(legacy.query));
  });
});

it('goes on beside the older application’s writes, and loses none of them', async () => {
  const legacy = await older('report-schema.sql');
  const writer = await connect(stack.primary, legacy.database);
  const written: string[] = [];
  let migrating = true;
  // As any application has to: a deadlock's victim is written again.
  const statement = (sql: string, params: unknown[]): Promise<unknown> =>
    writer.query(sql, params).catch((error: unknown) => {
      if ((error as { errno: number }).errno !== 1213) throw error;
      return statement(sql, params);
    });
  const write = async () => {
    for (let n = 0; migrating; n++) {
      const slug = `while-migrating-${n}`;
      await statement(
        `INSERT INTO products (name, slug, thumbnail, unitPrice, updatedPrice, hasDiscount, quantity, categoryId, brand)
         VALUES ('New', ?, 't.jpg', 10, 9, 1, ?, 3, 'B')`,
        [slug, n % 2],
      );
      written.push(slug);
      await statement('UPDATE products SET quantity = quantity + 1, updatedPrice = ? WHERE id = 1', [n]);
      await statement('INSERT INTO reviews (product_id, user_id, rating) VALUES (5, ?, ?)', [n, 1 + (n % 5)]);
    }
  };
  try {
    const writes = write();
    await migrateDatabase(stack, legacy.database).finally(() => (migrating = false));
    await writes;
    expect(written.length).toBeGreaterThan(3);
    const slugs = (await legacy.all(`SELECT slug FROM products WHERE slug LIKE 'while-%'`)).map(({ slug }) =>
      String(slug),
    );
    expect(slugs.sort()).toEqual([...written].sort());
    const [first] = await legacy.all('SELECT quantity FROM products WHERE id = 1');
    expect(first).toEqual({ quantity: 4 + written.length });
    expect(await derivedTables(legacy.query)).toEqual(await derivedFromScratch(legacy.query));
  } finally {
    await writer.end();
    await legacy.discard();
  }
});

describe('over an older, rougher schema', () => {
  let legacy: Awaited<ReturnType<typeof older>>;
  beforeAll(async () => {
    legacy = await older('rough-schema.sql');
    await migrateDatabase(stack, legacy.database);
  });
  afterAll(() => legacy?.discard());

  it('carries names, money and numbers over without a loss', async () => {
    const rows = await legacy.all(
      'SELECT id, name, title, unitPrice, updatedPrice, quantity, categoryId, hasDiscount, created_at FROM products ORDER BY id',
    );
    expect(rows).toEqual([
      {
        id: 3000000000,
        name: 'Tasse à café',
        title: 'Tasse à café',
        unitPrice: expect.stringMatching(/^19\.9900?$/),
        updatedPrice: '19.9950',
        quantity: 3,
        categoryId: 2,
        hasDiscount: 0,
        created_at: new Date('2023-05-05T05:05:05Z'),
      },
      expect.objectContaining({ id: 3000000001, name: 'Product 3000000001', quantity: 0, categoryId: null }),
    ]);
    expect(await legacy.all('SELECT id, name, slug, parentId FROM categories ORDER BY id')).toEqual([
      { id: 1, name: 'Café', slug: 'cafe', parentId: null },
      { id: 2, name: 'Cups', slug: 'cups', parentId: 1 },
      { id: 4, name: 'Category 4', slug: 'category-4', parentId: null },
    ]);
  });

  it('lists its products below both categories, with ids beyond INT', async () => {
    expect(await derivedTables(legacy.query)).toEqual(await derivedFromScratch(legacy.query));
    await insertLikeTheApi(legacy.db);
    expect(await derivedTables(legacy.query)).toEqual(await derivedFromScratch(legacy.query));
  });
});

describe('what a person has to decide', () => {
  const failing: [string, string, RegExp][] = [
    [
      'a key that is no number',
      'CREATE TABLE products (id CHAR(36) PRIMARY KEY, name TEXT)',
      /no column "id" that is an AUTO_INCREMENT integer \(it is char\(36\)\)/,
    ],
    [
      'a product without any price',
      'CREATE TABLE products (id INT AUTO_INCREMENT PRIMARY KEY, name TEXT, unitPrice DECIMAL(10,2)); INSERT INTO products VALUES (4, "x", NULL)',
      /without any price: id 4\. Give them one/,
    ],
    [
      'a category that is no number',
      'CREATE TABLE products (id INT AUTO_INCREMENT PRIMARY KEY, name TEXT, unitPrice DECIMAL(10,2), categoryId VARCHAR(9)); INSERT INTO products VALUES (4, "x", 1, "abc")',
      /products\.categoryId is not a category's number in the rows 4/,
    ],
  ];
  it.each(failing)('stops with advice: %s', async (_, sql, message) => {
    const database = await createDatabase(stack);
    const db = await connect(stack.primary, database);
    try {
      await db.query(sql);
      await expect(migrateDatabase(stack, database)).rejects.toThrow(message);
    } finally {
      await db.end();
      await dropDatabase(stack, database);
    }
  });
});
