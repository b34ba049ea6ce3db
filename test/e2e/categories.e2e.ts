import { admin, customer, Shop } from '../support/shop';

interface Node {
  id: number;
  name: string;
  slug: string;
  parentId: number | null;
  products: number;
  inStock: number;
  children: Node[];
}

jest.setTimeout(60_000);

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});
afterEach(() => shop.close());

const change = (slug: string, body: unknown, headers?: Record<string, string>) =>
  shop.write(admin, 'PATCH', `/api/categories/${encodeURIComponent(slug)}`, body, headers);
const remove = (slug: string) => shop.write(admin, 'DELETE', `/api/categories/${slug}`);
const tree = async () => (await shop.get<{ categories: Node[] }>('/api/categories')).body.categories;
const shape = (nodes: Node[]): string =>
  nodes
    .map((n) => `${n.name} ${n.products}/${n.inStock}${n.children.length ? `(${shape(n.children)})` : ''}`)
    .join(' ');
const listed = async (category: string) =>
  (
    await shop.get<{ products: { name: string }[] }>(`/api/products?category=${category}&sort=price`)
  ).body.products.map(({ name }) => name);

/** Clothes(Shirts, Shoes), Garden, with a product each but the last. */
async function fill() {
  const clothes = await shop.category('Clothes');
  const shirts = await shop.category('Shirts', clothes.id);
  const shoes = await shop.category('Shoes', clothes.id);
  const garden = await shop.category('Garden');
  await shop.product({ name: 'shirt', categoryId: shirts.id, unitPrice: 1 });
  await shop.product({ name: 'shoe', categoryId: shoes.id, unitPrice: 2, quantity: 0 });
  await shop.product({ name: 'hat', categoryId: clothes.id, unitPrice: 3 });
  return { clothes, shirts, shoes, garden };
}

it('shows the tree with the products of each subtree, all and in stock', async () => {
  await fill();
  expect(shape(await tree())).toBe('Clothes 3/2(Shirts 1/1 Shoes 1/0) Garden 0/0');
});

it('shows one category with its path and its children', async () => {
  const { clothes, shirts } = await fill();
  const detail = await shop.get('/api/categories/shirts');
  expect(detail.body).toEqual({
    id: shirts.id,
    name: 'Shirts',
    slug: 'shirts',
    parentId: clothes.id,
    products: 1,
    inStock: 1,
    path: [
      { id: clothes.id, name: 'Clothes', slug: 'clothes' },
      { id: shirts.id, name: 'Shirts', slug: 'shirts' },
    ],
    children: [],
    rev: 0,
    created_at: expect.any(String),
    updated_at: expect.any(String),
  });
  expect(detail.headers.etag).toMatch(/^"r\d+\.0-/);
  expect((await shop.get<{ children: Node[] }>('/api/categories/clothes')).body.children).toMatchObject([
    { name: 'Shirts', products: 1, inStock: 1 },
    { name: 'Shoes', products: 1, inStock: 0 },
  ]);
  expect((await shop.get('/api/categories/none')).body).toMatchObject({
    status: 404,
    code: 'category_not_found',
  });
});

it('makes a category and says where it is', async () => {
  const { clothes } = await fill();
  const reply = await shop.write(admin, 'POST', '/api/categories', { name: 'শাড়ি', parentId: clothes.id });
  expect([reply.status, reply.headers.location]).toEqual([
    201,
    `/api/categories/${encodeURIComponent('শাড়ি'.normalize('NFC'))}`,
  ]);
  expect((await shop.get(reply.headers.location ?? '')).text).toBe(reply.text);
  expect((await shop.category('Clothes')).slug).toBe('clothes-2');
});

it('refuses what is wrong', async () => {
  await fill();
  const make = (body: unknown) => shop.write(admin, 'POST', '/api/categories', body);
  expect((await make({})).body).toMatchObject({ status: 400, errors: [{ field: 'name' }] });
  expect((await make({ name: 'x', parentId: 999 })).body).toMatchObject({
    status: 400,
    errors: [{ field: 'parentId' }],
  });
  expect((await make({ name: 'x', slug: 'shirts' })).body).toMatchObject({ status: 409, code: 'slug_taken' });
  expect((await change('shoes', { slug: 'shirts' })).body).toMatchObject({ status: 409, code: 'slug_taken' });
  expect((await change('shoes', { parentId: 999 })).body).toMatchObject({
    status: 400,
    code: 'validation_failed',
  });
  expect((await change('none', { name: 'x' })).body).toMatchObject({
    status: 404,
    code: 'category_not_found',
  });
  for (const [method, url] of [
    ['POST', '/api/categories'],
    ['PATCH', '/api/categories/shoes'],
    ['DELETE', '/api/categories/garden'],
  ] as const) {
    expect(
      (await shop.write(customer('c'), method, url, method === 'DELETE' ? undefined : { name: 'x' })).status,
    ).toBe(403);
  }
});

it('renames; products show the new name, lists are found at the new slug only', async () => {
  await fill();
  expect((await change('shirts', { name: 'Blouses', slug: 'blouses' })).body).toMatchObject({
    name: 'Blouses',
    rev: 1,
  });
  expect((await shop.get('/api/products/shirt')).body).toMatchObject({
    categoryName: 'Blouses',
    categoryPath: [{ slug: 'clothes' }, { slug: 'blouses' }],
  });
  expect(await listed('blouses')).toEqual(['shirt']);
  expect((await shop.get('/api/products?category=shirts')).status).toBe(404);
});

it('compares If-Match', async () => {
  const { id } = (await fill()).shirts;
  expect((await change('shirts', { name: 'A' }, { 'if-match': `"r${id}.7"` })).status).toBe(412);
  const first = await change('shirts', { name: 'A' }, { 'if-match': `"r${id}.0"` });
  expect((await change('shirts', { name: 'B' }, { 'if-match': first.headers.etag ?? '' })).status).toBe(200);
});

it('takes no ETag of a category that had the slug before', async () => {
  await shop.category('Lawn');
  const { etag = '' } = (await shop.get('/api/categories/lawn')).headers;
  await remove('lawn');
  expect(await shop.category('Lawn')).toMatchObject({ slug: 'lawn', rev: 0 });
  expect((await change('lawn', { name: 'Lost' }, { 'if-match': etag })).body).toMatchObject({
    status: 412,
    code: 'precondition_failed',
  });
});

it('moves a subtree with its products, counts and lists', async () => {
  const { garden } = await fill();
  await change('clothes', { parentId: garden.id });
  expect(shape(await tree())).toBe('Garden 3/2(Clothes 3/2(Shirts 1/1 Shoes 1/0))');
  expect(await listed('garden')).toEqual(['shirt', 'hat']);
  await change('shirts', { parentId: null });
  expect(shape(await tree())).toBe('Garden 2/1(Clothes 2/1(Shoes 1/0)) Shirts 1/1');
  expect(await listed('garden')).toEqual(['hat']);
  expect(await listed('clothes')).toEqual(['hat']);
});

it('never becomes its own ancestor, also not by two moves at once', async () => {
  const { clothes, shirts, garden } = await fill();
  for (const parentId of [clothes.id, shirts.id]) {
    expect((await change('clothes', { parentId })).body).toMatchObject({
      status: 409,
      code: 'category_cycle',
    });
  }
  const both = await Promise.all([
    change('garden', { parentId: shirts.id }),
    change('clothes', { parentId: garden.id }),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
});

it('is deleted when it is empty, and says what it holds when it is not', async () => {
  await fill();
  expect((await remove('clothes')).body).toMatchObject({
    status: 409,
    code: 'category_not_empty',
    products: 3,
    children: 2,
  });
  expect((await remove('shoes')).body).toMatchObject({
    code: 'category_not_empty',
    products: 1,
    children: 0,
  });
  expect((await remove('garden')).status).toBe(204);
  expect((await remove('garden')).status).toBe(404);
  await shop.write(admin, 'DELETE', '/api/products/shoe');
  expect((await remove('shoes')).status).toBe(204);
  expect(shape(await tree())).toBe('Clothes 2/2(Shirts 1/1)');
});

it('does not lose a product that comes while it is deleted', async () => {
  const { garden } = await fill();
  const [made, deleted] = await Promise.all([
    shop.write(admin, 'POST', '/api/products', { name: 'spade', unitPrice: 1, categoryId: garden.id }),
    remove('garden'),
  ]);
  // Whoever was first: never a product in a category that is gone.
  expect([made.status, deleted.status]).toEqual(made.status === 201 ? [201, 409] : [400, 204]);
});
