import { admin, customer, service, Shop } from '../support/shop';

interface List {
  reviews: { id: number; rating: number; authorName: string | null; body: string | null }[];
  total: number;
  rating: number;
  nextCursor: string | null;
}

jest.setTimeout(60_000);

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

const write = (slug: string, who: string, body: unknown) =>
  shop.write<{ id: number }>(customer(who), 'POST', `/api/products/${slug}/reviews`, body);
const list = (slug: string, query = '') => shop.get<List>(`/api/products/${slug}/reviews${query}`);
const product = async (slug: string) => (await shop.get(`/api/products/${slug}`)).body;

it('is written by a customer and moves the rating of the product at once', async () => {
  const { slug } = await shop.product({ name: 'Rated' });
  const reply = await write(slug, 'ann', { rating: 5, title: 'Good', body: 'Very good' });
  expect(reply.status).toBe(201);
  expect(reply.headers.location).toBe(`/api/products/${slug}/reviews/${reply.body.id}`);
  expect(reply.body).toEqual({
    id: expect.any(Number),
    rating: 5,
    title: 'Good',
    body: 'Very good',
    authorName: null,
    created_at: expect.any(String),
  });
  await write(slug, 'bob', { rating: 4 });
  await write(slug, 'cid', { rating: 4 });
  expect(await product(slug)).toMatchObject({ reviewCount: 3, rating: 4.33 });
  const { body } = await list(slug);
  expect(body).toMatchObject({ total: 3, rating: 4.33, nextCursor: null });
  expect(body.reviews.map(({ rating }) => rating)).toEqual([4, 4, 5]);
});

it('shows the name that the token claims, never its subject', async () => {
  const { slug } = await shop.product({ name: 'Named' });
  const rahim = { ...customer('secret-subject'), name: 'Rahim' };
  const reply = await shop.write(rahim, 'POST', `/api/products/${slug}/reviews`, { rating: 3 });
  expect(reply.body).toMatchObject({ authorName: 'Rahim' });
  expect(reply.text).not.toContain('secret-subject');
});

it('is one for each customer and product', async () => {
  const { slug } = await shop.product({ name: 'Once' });
  const both = await Promise.all([1, 2].map((rating) => write(slug, 'dan', { rating })));
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  expect((await write(slug, 'dan', { rating: 1 })).body).toMatchObject({
    status: 409,
    code: 'already_reviewed',
  });
  expect(await product(slug)).toMatchObject({ reviewCount: 1 });
});

it.each([
  ['no rating', {}, 'rating'],
  ['six stars', { rating: 6 }, 'rating'],
  ['half a star', { rating: 4.5 }, 'rating'],
  ['an author of its own choice', { rating: 5, author: 'x' }, 'author'],
])('refuses %s', async (_, body, field) => {
  const { slug } = await shop.product({ name: 'Strict' });
  expect((await write(slug, 'eve', body)).body).toMatchObject({ status: 400, errors: [{ field }] });
});

it('is for customers', async () => {
  const { slug } = await shop.product({ name: 'Guarded' });
  const url = `/api/products/${slug}/reviews`;
  expect((await shop.write(service, 'POST', url, { rating: 5 })).status).toBe(403);
  expect((await shop.api.inject({ method: 'POST', url, payload: { rating: 5 } })).statusCode).toBe(401);
});

it('hands out every review once, newest first, also those of the same moment', async () => {
  const { slug, id } = await shop.product({ name: 'Popular' });
  const values = Array.from(
    { length: 25 },
    (_, i) => `(${id}, 'who${i}', 5, '2026-01-01 00:00:0${i % 3}.123')`,
  );
  await shop.sql(`INSERT INTO reviews (product_id, author, rating, created_at) VALUES ${values.join(',')}`);
  const all = (await list(slug, '?limit=100')).body.reviews.map((review) => review.id);
  expect(all).toHaveLength(25);
  const walked: number[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const reply = await list(slug, `?limit=4${cursor && `&cursor=${cursor}`}`);
    walked.push(...reply.body.reviews.map((review) => review.id));
    cursor = reply.body.nextCursor;
    expect(reply.headers.link).toBe(
      cursor === null ? undefined : `</api/products/${slug}/reviews?limit=4&cursor=${cursor}>; rel="next"`,
    );
  }
  expect(walked).toEqual(all);
});

it('refuses a cursor that is not one of its own', async () => {
  const { slug } = await shop.product({ name: 'Cursor' });
  const foreign = (await shop.get<{ nextCursor: string }>('/api/products?limit=1')).body.nextCursor;
  for (const cursor of ['x', foreign])
    expect((await list(slug, `?cursor=${cursor}`)).body).toMatchObject({
      status: 400,
      code: 'invalid_cursor',
    });
});

it('is deleted by its author or an admin, and the rating follows', async () => {
  const { slug } = await shop.product({ name: 'Retracted' });
  const ids = await Promise.all(
    ['fay', 'gus'].map(async (who, i) => (await write(slug, who, { rating: i + 4 })).body.id),
  );
  const remove = (caller: Parameters<Shop['write']>[0], id: number | string) =>
    shop.write(caller, 'DELETE', `/api/products/${slug}/reviews/${id}`);
  expect((await remove(customer('gus'), ids[0]!)).body).toMatchObject({ status: 403, code: 'forbidden' });
  expect((await remove(customer('fay'), ids[0]!)).status).toBe(204);
  expect(await product(slug)).toMatchObject({ reviewCount: 1, rating: 5 });
  expect((await remove(admin, ids[1]!)).status).toBe(204);
  expect(await product(slug)).toMatchObject({ reviewCount: 0, rating: 0 });
  expect((await remove(admin, ids[1]!)).body).toMatchObject({ status: 404, code: 'review_not_found' });
  expect((await remove(admin, 'abc')).body).toMatchObject({
    status: 400,
    code: 'validation_failed',
    errors: [{ field: 'id' }],
  });
  expect((await write(slug, 'fay', { rating: 1 })).status).toBe(201);
});

it('is not found under another product, and neither is anything of a product that is not there', async () => {
  const one = await shop.product({ name: 'One' });
  const two = await shop.product({ name: 'Two' });
  const { id } = (await write(one.slug, 'hal', { rating: 2 })).body;
  expect((await shop.write(admin, 'DELETE', `/api/products/${two.slug}/reviews/${id}`)).status).toBe(404);
  expect((await list('nowhere')).body).toMatchObject({ status: 404, code: 'product_not_found' });
  expect((await write('nowhere', 'hal', { rating: 2 })).body).toMatchObject({ code: 'product_not_found' });
});
