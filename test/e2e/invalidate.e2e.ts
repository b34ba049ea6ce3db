import { PROBLEM_CONTENT_TYPE } from '@prior/http';
import { adminRequest, OutsideWorld } from '../support/outside';

let world: OutsideWorld;
const product = '/api/products/chelsea';
const list = (category: string) => `/api/products?category=${category}`;
const named = (...names: string[]) => ({ products: names.map((name) => ({ name })) });

beforeAll(async () => {
  world = await OutsideWorld.open(2, {});
});
afterAll(() => world.close());

beforeEach(async () => {
  await world.db.query(`DELETE FROM products; DELETE FROM categories; DELETE FROM product_slugs;
    INSERT INTO categories (id, name, slug, parentId) VALUES (1, 'Root', 'root', NULL), (3, 'Hats', 'hats', NULL);
    INSERT INTO categories (id, name, slug, parentId) VALUES (2, 'Boots', 'boots', 1);
    INSERT INTO products (id, name, slug, unitPrice, updatedPrice, quantity, categoryId) VALUES (1, 'Chelsea', 'chelsea', 90, 80, 5, 2)`);
  await post({ all: true });
  await world.seen(product, { name: 'Chelsea' });
  for (const category of ['root', 'boots']) await world.seen(list(category), named('Chelsea'));
  await world.seen(list('hats'), named());
});

const post = (body: unknown) => adminRequest(world.apis[0]!, 'POST', '/internal/invalidate', body);

it('drops what shows a product: its detail, and the lists that it is in', async () => {
  await world.db.query(`UPDATE products SET name = 'Chukka'`);
  expect(await post({ products: ['chelsea'] })).toMatchObject({
    status: 200,
    body: {
      dropped: expect.arrayContaining(['product:chelsea', 'products', 'category:1', 'category-slug:boots']),
    },
  });
  await world.seen(product, { name: 'Chukka' });
  for (const category of ['root', 'boots']) await world.seen(list(category), named('Chukka'));
});

it('drops what shows a category, by slug or id', async () => {
  await world.db.query('UPDATE products SET categoryId = 3');
  expect((await post({ products: ['chelsea'], categories: ['boots', 3] })).status).toBe(200);
  for (const category of ['root', 'boots']) await world.seen(list(category), named());
  await world.seen(list('hats'), named('Chelsea'));
});

it('drops everything when one of them is gone: nobody knows which lists it was in', async () => {
  await world.db.query('DELETE FROM products');
  expect((await post({ products: ['chelsea'] })).body).toEqual({ dropped: ['all'] });
  await world.seen(product, { status: 404 });
  await world.seen(list('root'), named());
});

it('drops tags by name', async () => {
  await world.db.query(`UPDATE products SET name = 'Chukka'`);
  expect((await post({ tags: ['product:chelsea'] })).body).toEqual({ dropped: ['product:chelsea'] });
  await world.seen(product, { name: 'Chukka' });
});

it.each([
  ['nothing', {}, 'validation_failed'],
  ['empty lists', { products: [], tags: [] }, 'validation_failed'],
  ['a misspelt field', { product: ['chelsea'] }, 'validation_failed'],
  ['a wrong kind', { products: 'chelsea' }, 'validation_failed'],
  ['an empty slug', { products: [''] }, 'validation_failed'],
  ['a list', [], 'validation_failed'],
  ['no JSON', '{', 'malformed_json'],
  ['no body', '', 'malformed_json'],
])('refuses %s', async (_, body, code) => {
  expect(await post(body)).toMatchObject({
    status: 400,
    type: PROBLEM_CONTENT_TYPE,
    body: { status: 400, code },
  });
});

it('is no GET', async () => {
  expect((await adminRequest(world.apis[0]!, 'GET', '/internal/invalidate')).status).toBe(405);
});

it('says so when Redis could not be told', async () => {
  const lonely = await world.join({ REDIS_URL: 'redis://127.0.0.1:1' });
  try {
    expect(
      await adminRequest(lonely, 'POST', '/internal/invalidate', { products: ['chelsea'] }),
    ).toMatchObject({
      status: 503,
      type: PROBLEM_CONTENT_TYPE,
      body: { code: 'cache_unavailable' },
    });
  } finally {
    await world.leave(lonely);
  }
});
