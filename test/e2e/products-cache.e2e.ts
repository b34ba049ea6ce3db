import { admin, customer, service, Shop } from '../support/shop';

jest.setTimeout(120_000);

/** Has its cache in Redis, and the same without any: whatever that one answers is the truth. */
let shop: Shop;
let truth: Shop;
const id: Record<string, number> = {};

beforeAll(async () => {
  shop = await Shop.open();
  truth = await Shop.open({ database: shop.api.database, env: { REDIS_URL: 'redis://127.0.0.1:1' } });
  for (const name of ['Clothes', 'Garden']) id[name] = (await shop.category(name)).id;
  for (const name of ['Shirts', 'Shoes']) id[name] = (await shop.category(name, id['Clothes'])).id;
  id['shirt'] = (await shop.product({ name: 'Shirt', categoryId: id['Shirts'], unitPrice: 10 })).id;
  id['shoe'] = (await shop.product({ name: 'Shoe', categoryId: id['Shoes'], unitPrice: 20 })).id;
  id['spade'] = (await shop.product({ name: 'Spade', categoryId: id['Garden'], unitPrice: 30 })).id;
});
afterAll(async () => {
  await truth.close();
  await shop.close();
});

const urls = () => [
  '/api/products',
  '/api/products?sort=price&inStock=false',
  '/api/products?sort=rating',
  '/api/products?minPrice=5&maxPrice=15',
  '/api/products?q=shirt',
  '/api/products?category=clothes',
  '/api/products?category=clothes&sort=popular&inStock=false',
  '/api/products?category=shirts',
  '/api/products?category=garden',
  '/api/products?category=blouses',
  '/api/products?category=lawn',
  `/api/products?categoryId=${id['Clothes']}`,
  `/api/products?categoryId=${id['Garden']}`,
  `/api/products?ids=${id['shirt']},${id['spade']},${id['spade']! + 1}`,
  '/api/products?slugs=shirt,blouse,spade,rake',
  '/api/products/shirt',
  '/api/products/blouse',
  '/api/products/spade',
  '/api/products/rake',
  '/api/products/shirt/reviews',
  '/api/products/blouse/reviews',
  '/api/products/rake/reviews',
  '/api/categories',
  '/api/categories/clothes',
  '/api/categories/shirts',
  '/api/categories/blouses',
  '/api/categories/garden',
  '/api/categories/lawn',
];

const patch = (url: string, body: unknown) => shop.write(admin, 'PATCH', url, body);

/** In this order: each goes on where the one before has left the shop. */
const writes: [string, () => Promise<{ status: number }>][] = [
  ['a price changes', () => patch('/api/products/shirt', { updatedPrice: '8.00' })],
  ['a description changes', () => patch('/api/products/spade', { description: 'Not a shirt' })],
  [
    'stock moves',
    () => shop.write(service, 'POST', '/api/products/stock', { changes: [{ slug: 'shirt', delta: -1 }] }),
  ],
  [
    'stock runs out',
    () => shop.write(service, 'POST', '/api/products/stock', { changes: [{ slug: 'shirt', set: 0 }] }),
  ],
  ['an admin restocks', () => patch('/api/products/shirt', { quantity: 9 })],
  [
    'a product is reviewed',
    () => shop.write(customer('a'), 'POST', '/api/products/shirt/reviews', { rating: 4 }),
  ],
  [
    'a review is deleted',
    async () => {
      const { reviews } = (await shop.get<{ reviews: { id: number }[] }>('/api/products/shirt/reviews')).body;
      return shop.write(admin, 'DELETE', `/api/products/shirt/reviews/${reviews[0]!.id}`);
    },
  ],
  ['a product is renamed', () => patch('/api/products/shirt', { name: 'Blouse', slug: 'blouse' })],
  [
    'a product goes back to its former address',
    () => patch('/api/products/blouse', { name: 'Shirt', slug: 'shirt' }),
  ],
  ['a product changes its category', () => patch('/api/products/shirt', { categoryId: id['Garden'] })],
  ['a product leaves its category', () => patch('/api/products/shirt', { categoryId: null })],
  ['a product comes back', () => patch('/api/products/shirt', { categoryId: id['Shirts'] })],
  [
    'a product is made',
    () =>
      shop.write(admin, 'POST', '/api/products', {
        name: 'Rake',
        unitPrice: 6,
        quantity: 1,
        categoryId: id['Garden'],
      }),
  ],
  [
    'a product takes the address of a redirect',
    () =>
      shop.write(admin, 'POST', '/api/products', {
        name: 'New blouse',
        slug: 'blouse',
        unitPrice: 7,
        quantity: 1,
      }),
  ],
  ['a product is deleted', () => shop.write(admin, 'DELETE', '/api/products/rake')],
  ['a category is renamed', () => patch('/api/categories/shirts', { name: 'Blouses' })],
  ['a category gets another slug', () => patch('/api/categories/shirts', { slug: 'blouses' })],
  ['a subtree moves', () => patch('/api/categories/blouses', { parentId: id['Garden'] })],
  ['a subtree becomes a root', () => patch('/api/categories/blouses', { parentId: null })],
  [
    'a category is made',
    () => shop.write(admin, 'POST', '/api/categories', { name: 'Lawn', parentId: id['Garden'] }),
  ],
  ['a category is deleted', () => shop.write(admin, 'DELETE', '/api/categories/lawn')],
];

it.each(writes)('after %s every answer is the new one', async (_, write) => {
  for (const url of urls()) await shop.visit(url);
  const warm = await Promise.all(urls().map((url) => shop.visit(url)));
  expect(warm.map(({ headers }) => headers['x-cache'])).not.toContain('BYPASS');
  expect((await write()).status).toBeLessThan(300);
  for (const url of urls()) {
    const [mine, real] = [await shop.get(url), await truth.visit(url)];
    const shown = ({ status, headers, body }: typeof mine) => ({
      url,
      status,
      location: headers.location,
      link: headers.link,
      body: status < 300 ? body : body['code'],
    });
    expect(shown(mine)).toEqual(shown(real));
  }
});

it('serves the second reader from cache, the same bytes and headers, and answers 304', async () => {
  const url = '/api/products?category=clothes&limit=1&inStock=false';
  const first = await shop.visit(url);
  const second = await shop.visit(url);
  expect([first.headers['x-cache'], second.headers['x-cache']]).toEqual(['MISS', 'HIT']);
  expect(second.text).toBe(first.text);
  for (const name of ['etag', 'link', 'content-type', 'cache-control', 'cache-tag'])
    expect(second.headers[name]).toBe(first.headers[name]);
  expect(first.headers['cache-control']).toMatch(/^public, max-age=30, s-maxage=30/);
  const { status, text } = await shop.visit(url, { 'if-none-match': first.headers.etag ?? '' });
  expect([status, text]).toEqual([304, '']);
});

it('keeps a 404 and a redirect as well', async () => {
  for (const [url, status] of [
    ['/api/products/never', 404],
    ['/api/products?category=never', 404],
  ] as const) {
    await shop.visit(url);
    const again = await shop.visit(url);
    expect([again.status, again.headers['x-cache']]).toEqual([status, 'HIT']);
  }
  await shop.product({ name: 'Hat' });
  await patch('/api/products/hat', { slug: 'cap' });
  await shop.visit('/api/products/hat');
  const again = await shop.visit('/api/products/hat');
  expect([again.status, again.headers.location, again.headers['x-cache']]).toEqual([
    301,
    '/api/products/cap',
    'HIT',
  ]);
});

it('redirects each request with its own query, of which the kept answer has nothing', async () => {
  await shop.product({ name: 'Scarf' });
  await patch('/api/products/scarf', { slug: 'shawl' });
  const [from, to] = ['/api/products/scarf/reviews', '/api/products/shawl/reviews'];
  // All ask the same: `utm_source` is not part of the question, and 20 is the default of `limit`.
  for (const query of ['', '?limit=20&utm_source=a%0d%0ab', '?utm_source=c&limit=20&x=?y', '']) {
    const moved = await shop.visit(from + query);
    expect([moved.status, moved.headers.location]).toEqual([301, to + query]);
  }
  const { headers } = await shop.visit(`${from}?limit=20&utm_source=d`);
  expect([headers['x-cache'], headers.location]).toEqual(['HIT', `${to}?limit=20&utm_source=d`]);
  const head = await shop.api.inject({ method: 'HEAD', url: `${from}?limit=20&utm_source=e` });
  expect([head.statusCode, head.headers.location]).toEqual([301, `${to}?limit=20&utm_source=e`]);
  expect((await shop.visit('/api/products/scarf?a=1')).headers.location).toBe('/api/products/shawl?a=1');
});

it('leaves answers alone that a write does not touch', async () => {
  const untouched = ['/api/products/spade', '/api/products?category=garden', '/api/products/spade/reviews'];
  await patch('/api/products/shoe', { updatedPrice: '19.00' });
  for (const url of untouched) await shop.visit(url);
  await patch('/api/products/shoe', { updatedPrice: '18.00' });
  for (const url of untouched) expect((await shop.visit(url)).headers['x-cache']).toBe('HIT');
});
