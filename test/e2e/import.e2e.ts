import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { jsonValue, matchQuery, type Query } from '@prior/database';
import { exportFile } from '../../apps/cli/src/export/export';
import { importFile } from '../../apps/cli/src/import/import';
import { describe as described } from '../../apps/cli/src/import/report';
import { seed } from '../../apps/cli/src/seed/seed';
import { derivedFromScratch, derivedTables } from '../support/derived-oracle';
import { migratedDatabase } from '../support/migrated';
import { connect, dropDatabase, getStack } from '../support/stack';

jest.setTimeout(120_000);

const stack = getStack();
const fixture = join(__dirname, 'fixtures/shop-export.csv');
const folder = mkdtempSync(join(tmpdir(), 'prior-import-'));
let database: string;
let db: Connection;
const query: Query = async (sql, params) => (await db.query(sql, params))[0];
const all = async (sql: string, params: unknown[] = []) => (await db.query<RowDataPacket[]>(sql, params))[0];
const one = async (sql: string, params: unknown[] = []) => (await all(sql, params))[0];
const product = (slug: string) => one('SELECT * FROM products WHERE slug = ?', [slug]);

/** A file of its own. */
function csv(text: string, name = 'own.csv'): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

beforeAll(async () => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  database = await migratedDatabase(stack);
  db = await connect(stack.primary, database);
});
afterAll(async () => {
  await db?.end();
  await dropDatabase(stack, database);
  rmSync(folder, { recursive: true });
});
beforeEach(() => db.query('DELETE FROM products; DELETE FROM categories; DELETE FROM outbox'));

describe('import of a shop’s product CSV', () => {
  it('makes what is right and skips whole products with a wrong line, saying where and why', async () => {
    const report = await importFile(query, fixture, false);
    expect(report).toMatchObject({ made: 3, changed: 0, unchanged: 0, skipped: 6, hidden: 1 });
    expect(report.problems.map(({ line, column, handle }) => `${line} ${column} ${handle}`)).toEqual([
      '10 Variant Price bad-price',
      '12 Variant Price half-bad',
      '12 Variant Inventory Qty half-bad',
      '12 Image Src half-bad',
      '14 the whole line short-line',
      '15 Handle jamdani',
      '16 Title no-title',
      '17 Handle Bad/Slug',
    ]);
    expect((await all('SELECT slug FROM products ORDER BY id')).map(({ slug }) => String(slug))).toEqual([
      'linen-shirt',
      'clay-mug',
      'jamdani',
    ]);
    expect(described(report)).toContain(
      'line 10, Variant Price: "12.345" is not an amount such as 1234.50 (bad-price)',
    );
    expect(described(report)).toContain('"jamdani" stands at line 9 already');
  });

  it('takes lowest price, summed stock, options, images in order, text of the body', async () => {
    await importFile(query, fixture, false);
    const shirt = await product('linen-shirt');
    expect(shirt).toMatchObject({
      name: 'Linen Shirt',
      description: 'Cool & light. 100% linen',
      unitPrice: '1700.00',
      updatedPrice: '1450.00',
      hasDiscount: 1,
      quantity: 7,
      thumbnail: 'https://cdn.example.com/ls-1.jpg',
    });
    expect(shirt?.['long_description']).toContain('<li>100&#37; linen</li>');
    expect(jsonValue(shirt?.['images'])).toEqual([
      { url: 'https://cdn.example.com/ls-1.jpg', alt: 'Front' },
      { url: 'https://cdn.example.com/ls-2.jpg', alt: 'Back' },
      { url: 'https://cdn.example.com/ls-3.jpg', alt: null },
    ]);
    expect(jsonValue(shirt?.['specs'])).toEqual({
      Vendor: 'Northwind',
      Tags: ['summer', 'linen'],
      Size: ['S', 'M'],
      Colour: ['White', 'Blue'],
      SKU: ['LS-1', 'LS-2', 'LS-3'],
    });
    expect(await product('clay-mug')).toMatchObject({
      unitPrice: '250.50',
      updatedPrice: '250.50',
      hasDiscount: 0,
    });
    expect(await derivedTables(query)).toEqual(await derivedFromScratch(query));
    expect(
      await all('SELECT slug FROM products WHERE MATCH (searchText) AGAINST (? IN BOOLEAN MODE)', [
        matchQuery('জামদানি'),
      ]),
    ).toEqual([{ slug: 'jamdani' }]);
  });

  it('makes the categories that are missing and finds those that are there', async () => {
    await db.query(`INSERT INTO categories (name, slug) VALUES ('Home', 'home')`);
    await db.query(
      `INSERT INTO categories (name, slug, parentId) SELECT 'Tableware', 'plates', id FROM categories`,
    );
    await importFile(query, fixture, false);
    const names = await all(
      `SELECT c.name, p.name AS above FROM categories c LEFT JOIN categories p ON p.id = c.parentId ORDER BY c.id`,
    );
    expect(names.map(({ name, above }) => `${above ?? ''} > ${name}`)).toEqual([
      ' > Home',
      'Home > Tableware',
      ' > Apparel',
      'Apparel > Clothing',
      'Clothing > Shirts',
      ' > Uncategorised',
    ]);
    const [mug] = await all(
      'SELECT c.slug FROM products p JOIN categories c ON c.id = p.categoryId WHERE p.slug = ?',
      ['clay-mug'],
    );
    expect(mug).toEqual({ slug: 'plates' });
  });

  it('changes nothing in a dry run, and foretells what the run then does', async () => {
    const foretold = await importFile(query, fixture, true);
    expect(
      await one(
        'SELECT (SELECT COUNT(*) FROM products) + (SELECT COUNT(*) FROM categories) + (SELECT COUNT(*) FROM outbox) AS n',
      ),
    ).toEqual({ n: 0 });
    const { dryRun: _, ...done } = await importFile(query, fixture, false);
    expect(foretold).toEqual({ ...done, dryRun: true });
  });

  it('leaves what is the same alone, changes what is not, and drops the caches of exactly that', async () => {
    await importFile(query, fixture, false);
    const before = await all('SELECT id, rev, updated_at FROM products ORDER BY id');
    await db.query('DELETE FROM outbox');
    expect(await importFile(query, fixture, false)).toMatchObject({ made: 0, changed: 0, unchanged: 3 });
    expect(await all('SELECT id, rev, updated_at FROM products ORDER BY id')).toEqual(before);
    expect(await all('SELECT tags FROM outbox')).toEqual([]);

    const mug = await product('clay-mug');
    await db.query('INSERT INTO product_slugs (slug, productId) VALUES (?, ?)', ['old-mug', mug?.['id']]);
    const file = csv(
      'Handle,Title,Variant Price,Variant Inventory Qty,Type\nclay-mug,Clay Mug,199,12,Tableware\n',
    );
    expect(await importFile(query, file, false)).toMatchObject({ made: 0, changed: 1, unchanged: 0 });
    // Columns that the file lacks keep what they have.
    expect(await product('clay-mug')).toMatchObject({ updatedPrice: '199.00', description: 'A mug', rev: 1 });
    const [row] = await all('SELECT tags FROM outbox');
    const tags = JSON.parse(String(row?.['tags'])) as string[];
    expect(tags).toEqual(
      expect.arrayContaining([
        'products',
        'product:clay-mug',
        'product:old-mug',
        `category:${mug?.['categoryId']}`,
      ]),
    );
    expect(tags.flat()).not.toContain('product:jamdani');
  });

  it('takes a former slug for a new product', async () => {
    await importFile(query, fixture, false);
    await db.query(
      `INSERT INTO product_slugs (slug, productId) SELECT 'teapot', id FROM products WHERE slug = 'clay-mug'`,
    );
    await importFile(query, csv('Handle,Title,Variant Price\nteapot,Teapot,10\n'), false);
    expect(await all('SELECT * FROM product_slugs')).toEqual([]);
    expect(await product('teapot')).toMatchObject({ quantity: 0, unitPrice: '10.00' });
  });

  it('writes nothing of a batch that fails, and all of those before it', async () => {
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => `p-${from + i},P,10`);
    const file = csv(['Handle,Title,Variant Price', ...lines(0, 250)].join('\n'));
    await db.query(
      `CREATE TRIGGER saboteur BEFORE INSERT ON products FOR EACH ROW
       IF NEW.slug = 'p-240' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF`,
    );
    try {
      await expect(importFile(query, file, false)).rejects.toThrow('no');
    } finally {
      await db.query('DROP TRIGGER saboteur');
    }
    expect(await one('SELECT COUNT(*) AS n FROM products')).toEqual({ n: 200 });
    expect(await importFile(query, file, false)).toMatchObject({ made: 50, unchanged: 200 });
  });

  it('reads on beside a product that another session holds and changes', async () => {
    await importFile(query, fixture, false);
    const other = await connect(stack.primary, database);
    try {
      await other.query('START TRANSACTION');
      await other.query(`UPDATE products SET quantity = 99 WHERE slug = 'clay-mug'`);
      const importing = importFile(
        query,
        csv('Handle,Title,Variant Price,Variant Inventory Qty,Type\nclay-mug,Clay Mug,250.5,5,Tableware\n'),
        false,
      );
      await other.query('COMMIT');
      expect(await importing).toMatchObject({ changed: 1 });
      expect(await product('clay-mug')).toMatchObject({ quantity: 5 });
    } finally {
      await other.end();
    }
  });

  describe('of a file that is not right', () => {
    it.each([
      ['no columns of a shop', 'a,b,c\n1,2,3\n', /no column "Handle", "Title", "Variant Price"/],
      ['empty', '', /The file is empty/],
    ])('stops: %s', async (_, text, message) => {
      await expect(importFile(query, csv(text), false)).rejects.toThrow(message);
    });

    it('keeps what stood before a line that is no CSV, but not the product that it cuts', async () => {
      const text = 'Handle,Title,Variant Price\na,A,1\nb,B,1\nb,"never closed,2\nc,C,3\n';
      const report = await importFile(query, csv(text), false);
      expect(report).toMatchObject({ made: 1, skipped: 1 });
      expect(report.problems).toEqual([
        {
          line: 4,
          column: 'the whole line',
          handle: 'b',
          reason: expect.stringContaining('never closed') as string,
        },
      ]);
      expect((await all('SELECT slug FROM products')).map(({ slug }) => String(slug))).toEqual(['a']);
    });

    it('takes a byte order mark, Windows line ends and blank lines, and refuses other encodings', async () => {
      const text = '\ufeffhandle,TITLE,Variant Price \r\n\r\na,A,1\r\n\r\n\r\nb,B,x\r\n';
      const report = await importFile(query, csv(text), false);
      expect(report.made).toBe(1);
      expect(report.problems).toEqual([
        expect.objectContaining({ line: 6, column: 'Variant Price', handle: 'b' }),
      ]);
      const latin = join(folder, 'latin.csv');
      writeFileSync(latin, Buffer.from('Handle,Title,Variant Price\ncafe,Caf\u00e9,1\n', 'latin1'));
      expect((await importFile(query, latin, false)).problems[0]?.reason).toMatch(/not UTF-8/);
    });
  });
});

describe('export', () => {
  it('is read back without a change, also into an empty catalogue', async () => {
    await seed(
      query,
      { products: 300, categories: 60, reviews: 300, seed: 3, append: false },
      () => undefined,
    );
    await importFile(query, fixture, false);
    const file = join(folder, 'out.csv');
    expect(await exportFile(query, file)).toBe(303);
    expect(await importFile(query, file, false)).toMatchObject({
      made: 0,
      changed: 0,
      unchanged: 303,
      skipped: 0,
    });

    const empty = await migratedDatabase(stack);
    const other = await connect(stack.primary, empty);
    try {
      const otherQuery: Query = async (sql, params) => (await other.query(sql, params))[0];
      expect(await importFile(otherQuery, file, false)).toMatchObject({ made: 303, skipped: 0 });
      const again = join(folder, 'again.csv');
      await exportFile(otherQuery, again);
      expect(readFileSync(again, 'utf8')).toBe(readFileSync(file, 'utf8'));
    } finally {
      await other.end();
      await dropDatabase(stack, empty);
    }
  });

  it('leaves no file behind when it cannot finish', async () => {
    await expect(exportFile(query, join(folder, 'nowhere/out.csv'))).rejects.toThrow('cannot be written');
  });
});
