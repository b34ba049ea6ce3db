import { setTimeout as sleep } from 'node:timers/promises';
import { metrics } from '@prior/telemetry';
import { OutsideWorld, WITHIN_MS } from '../support/outside';

const FOLLOWING = { BINLOG_FOLLOW: 'true' };

/** A small shop: root > shoes > boots, and hats; one product in boots. */
const SHOP = `
  INSERT INTO categories (id, name, slug, parentId) VALUES (1, 'Root', 'root', NULL), (4, 'Hats', 'hats', NULL);
  INSERT INTO categories (id, name, slug, parentId) VALUES (2, 'Shoes', 'shoes', 1);
  INSERT INTO categories (id, name, slug, parentId) VALUES (3, 'Boots', 'boots', 2);
  INSERT INTO products (id, name, slug, unitPrice, updatedPrice, quantity, categoryId) VALUES (1, 'Chelsea', 'chelsea', 90, 80, 5, 3)`;

const product = '/api/products/chelsea';
const list = (query = '') => `/api/products${query}`;
const named = (...names: string[]) => ({ total: names.length, products: names.map((name) => ({ name })) });

describe('a writer outside the API', () => {
  let world: OutsideWorld;

  beforeAll(async () => {
    world = await OutsideWorld.open(2, FOLLOWING);
    await world.leader();
  });
  afterAll(() => world.close());

  beforeEach(async () => {
    await world.db.query('DELETE FROM products; DELETE FROM categories; DELETE FROM product_slugs');
    await world.db.query(SHOP);
    await world.seen(list(), named('Chelsea'));
    await world.seen(product, { name: 'Chelsea', quantity: 5, reviewCount: 0 });
  });

  /** Fills the caches with the present answer, lets somebody change the database, and waits for the new answer. */
  async function change(sql: string, path: string, before: object, after: object): Promise<void> {
    await world.seen(path, before);
    await world.db.query(sql);
    await world.seen(path, after);
  }

  it('changes a product: its detail and every list with it', async () => {
    for (const path of [
      list(),
      list('?category=boots'),
      list('?categoryId=1'),
      list('?ids=1'),
      list('?slugs=chelsea'),
    ]) {
      await world.seen(path, named('Chelsea'));
    }
    await world.db.query(`UPDATE products SET name = 'Chukka' WHERE id = 1`);
    await world.seen(product, { name: 'Chukka' });
    for (const path of [
      list(),
      list('?category=boots'),
      list('?categoryId=1'),
      list('?ids=1'),
      list('?slugs=chelsea'),
    ]) {
      await world.seen(path, { products: [{ name: 'Chukka' }] });
    }
  });

  it('moves stock', () =>
    change('UPDATE products SET quantity = quantity - 1', product, { quantity: 5 }, { quantity: 4 }));

  it('sells out: lists, totals and counts', async () => {
    await world.seen('/api/categories/shoes', { products: 1, inStock: 1 });
    await change(
      'UPDATE products SET quantity = 0',
      list('?category=shoes&inStock=true'),
      named('Chelsea'),
      named(),
    );
    await world.seen('/api/categories/shoes', { products: 1, inStock: 0 });
  });

  it('adds a product where there was a 404', () =>
    change(
      `INSERT INTO products (name, slug, unitPrice, updatedPrice, quantity, categoryId) VALUES ('Fez', 'fez', 9, 9, 1, 4)`,
      '/api/products/fez',
      { status: 404 },
      { status: 200, name: 'Fez' },
    ));

  it('deletes a product', async () => {
    await world.seen(list('?category=root'), named('Chelsea'));
    await change('DELETE FROM products WHERE id = 1', product, { status: 200 }, { status: 404 });
    await world.seen(list('?category=root'), named());
  });

  it('renames an address, former ones included', async () => {
    await world.db.query(`INSERT INTO product_slugs (slug, productId) VALUES ('old-chelsea', 1)`);
    await change(
      `UPDATE products SET slug = 'chukka'`,
      '/api/products/chukka',
      { status: 404 },
      { name: 'Chelsea' },
    );
    await world.seen(product, { status: 404 });
  });

  it('moves a product between categories', async () => {
    await world.seen(list('?category=hats'), named());
    await change('UPDATE products SET categoryId = 4', list('?category=root'), named('Chelsea'), named());
    await world.seen(list('?category=hats'), named('Chelsea'));
  });

  it('renames a category, and moves one', async () => {
    await change(
      `UPDATE categories SET name = 'Stiefel' WHERE id = 3`,
      product,
      { categoryName: 'Boots' },
      { categoryName: 'Stiefel' },
    );
    await world.seen(list('?category=hats'), named());
    await change(
      'UPDATE categories SET parentId = 4 WHERE id = 3',
      list('?category=root'),
      named('Chelsea'),
      named(),
    );
    await world.seen(list('?category=hats'), named('Chelsea'));
  });

  it('reviews, and edits the review', async () => {
    await change(
      `INSERT INTO reviews (product_id, rating, body) VALUES (1, 4, 'good')`,
      `${product}/reviews`,
      { reviews: [] },
      { reviews: [{ body: 'good' }] },
    );
    await world.seen(product, { reviewCount: 1, rating: 4 });
    await change(
      `UPDATE reviews SET body = 'better'`,
      `${product}/reviews`,
      {},
      { reviews: [{ body: 'better' }] },
    );
  });

  it('changes several tables in one transaction', async () => {
    await world.seen(list('?category=felt'), { status: 404 });
    await world.db.query(`BEGIN;
      UPDATE categories SET slug = 'felt' WHERE id = 4; UPDATE products SET categoryId = 4, name = 'Fedora' WHERE id = 1; COMMIT`);
    await world.seen(list('?category=felt'), named('Fedora'));
    await world.seen(list('?category=hats'), { status: 404 });
  });

  it('changes more rows than are told apart', async () => {
    await world.seen('/api/products/former-1', { status: 404 });
    const rows = Array.from({ length: 6_000 }, (_, i) => [`former-${i}`, 1]);
    await world.db.query('INSERT INTO product_slugs (slug, productId) VALUES ?', [rows]);
    await world.seen('/api/products/former-1', { status: 301 });
    await world.seen(product, { name: 'Chelsea' });
  });

  it('alters the table, truncates it, and is followed beyond that', async () => {
    await world.db.query('ALTER TABLE products ADD COLUMN shelf INT NULL FIRST');
    await change(`UPDATE products SET name = 'Chukka'`, product, { name: 'Chelsea' }, { name: 'Chukka' });
    await change('TRUNCATE TABLE reviews', product, { name: 'Chukka' }, { name: 'Chukka' });
    await world.db.query('ALTER TABLE products DROP COLUMN shelf');
  });

  it('commits in two phases (XA)', async () => {
    await world.db.query(`XA START 'x'; UPDATE products SET name = 'Two'; XA END 'x'; XA PREPARE 'x'`);
    await world.seen(product, { name: 'Chelsea' });
    await world.db.query(`XA COMMIT 'x'`);
    await world.seen(product, { name: 'Two' });
  });

  it('takes a change for its own when it rolls back to a savepoint', () =>
    change(
      `BEGIN; SAVEPOINT s; UPDATE products SET name = 'Never'; ROLLBACK TO s; UPDATE products SET name = 'Kept'; COMMIT`,
      product,
      { name: 'Chelsea' },
      { name: 'Kept' },
    ));

  it('leaves writes of the API to the API', async () => {
    const [api] = world.apis as [(typeof world.apis)[0]];
    const own = () => metrics.cache.followerOwn.cell().n;
    const published = () => metrics.cache.followerBatches.cell('rows').n;
    const before = { own: own(), published: published() };
    const written = await api.inject({
      method: 'PATCH',
      url: product,
      headers: await api.signIn('admin'),
      payload: { name: 'Ours' },
    });
    expect(written.statusCode).toBe(200);
    // The next change from outside comes after it in the binlog.
    await change(
      `UPDATE categories SET name = 'Caps' WHERE id = 4`,
      '/api/categories/hats',
      { name: 'Hats' },
      { name: 'Caps' },
    );
    expect({ own: own(), published: published() }).toEqual({
      own: before.own + 1,
      published: before.published + 1,
    });
  });
});

it('is not heard without BINLOG_FOLLOW', async () => {
  const world = await OutsideWorld.open(1, {});
  try {
    await world.db.query(SHOP);
    await world.seen(product, { name: 'Chelsea' });
    await world.db.query(`UPDATE products SET name = 'Chukka'`);
    await sleep(WITHIN_MS.following);
    await world.seen(product, { name: 'Chelsea' });
  } finally {
    await world.close();
  }
});
