import { random } from '../support/random';
import { Shop } from '../support/shop';

interface Item {
  id: number;
  slug: string;
  updatedPrice: number;
}
interface List {
  products: Item[];
  total: number;
  page: number;
  totalPages: number;
  nextCursor: string | null;
}
interface Row {
  id: number;
  price: number;
  stock: number;
  category: number | null;
  rating: number;
  reviews: number;
  created: number;
}

/** Few values of everything, so that most rows tie; the dearer half is also the older one. */
function makeRows(): Row[] {
  const { integer, pick } = random(3);
  return Array.from({ length: 130 }, (_, i) => ({
    id: i + 1,
    price: i < 65 ? 500 + integer(10) * 25 : integer(20) * 25,
    stock: integer(5) === 0 ? 0 : integer(9) + 1,
    category: pick([null, 1, 2, 3]),
    rating: pick([0, 4, 5]),
    reviews: integer(3),
    created: Math.floor(i / 4),
  }));
}

const rows = makeRows();
/** 2 and 3 are below 1. */
const inCategory = (category: number) => (row: Row) =>
  category === 1 ? row.category !== null : row.category === category;

jest.setTimeout(60_000);

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
  const values = rows.map(
    (r) =>
      `(${r.id}, 'Product ${r.id}', 'p-${r.id}', ${r.price}.50, ${r.price}.50, ${r.stock}, ${r.category}, ${r.reviews},
        ${r.reviews * r.rating}, '2026-01-01 00:00:00.001' + INTERVAL ${r.created} SECOND)`,
  );
  await shop.sql(`
    INSERT INTO categories (id, name, slug, parentId) VALUES (1, 'All', 'all', NULL), (2, 'Left', 'left', 1), (3, 'Right', 'right', 1);
    INSERT INTO products (id, name, slug, unitPrice, updatedPrice, quantity, categoryId, reviewCount, ratingSum, created_at)
    VALUES ${values.join(',')}`);
});
afterAll(() => shop.close());

const list = (query: string) => shop.get<List>(`/api/products?${query}`);
const ids = ({ products }: List) => products.map(({ id }) => id);

const meanOf = ({ rating, reviews }: Row) => (reviews === 0 ? 0 : rating);
const orders: Record<string, (a: Row, b: Row) => number> = {
  newest: (a, b) => b.created - a.created || b.id - a.id,
  price: (a, b) => a.price - b.price || a.id - b.id,
  '-price': (a, b) => b.price - a.price || b.id - a.id,
  rating: (a, b) => meanOf(b) - meanOf(a) || b.id - a.id,
  popular: (a, b) => b.reviews - a.reviews || b.id - a.id,
};
const filters: Record<string, { query: string; keep: (row: Row) => boolean }> = {
  'the whole catalogue': { query: '', keep: () => true },
  'a subtree by slug': { query: 'category=all', keep: inCategory(1) },
  'a category by id': { query: 'categoryId=2', keep: inCategory(2) },
  'a narrow price range': {
    query: 'minPrice=550&maxPrice=601',
    keep: ({ price }) => price >= 550 && price <= 600,
  },
  'a wide price range': { query: 'minPrice=100.5', keep: ({ price }) => price >= 100 },
  'the older half by price': { query: 'minPrice=500.5', keep: ({ price }) => price >= 500 },
  'a price range in a subtree': {
    query: 'category=all&maxPrice=200.50',
    keep: (r) => inCategory(1)(r) && r.price <= 200,
  },
  'a price range of one': { query: 'minPrice=525.50&maxPrice=525.5', keep: ({ price }) => price === 525 },
};
const cases = Object.keys(filters).flatMap((filter) =>
  Object.keys(orders).flatMap((sort) => [true, false].map((inStock) => [filter, sort, inStock] as const)),
);

describe.each(cases)('%s, by %s, inStock=%s', (filter, sort, inStock) => {
  const { query, keep } = filters[filter]!;
  const expected = rows
    .filter((row) => keep(row) && (!inStock || row.stock > 0))
    .sort(orders[sort])
    .map(({ id }) => id);
  const url = `${query}&sort=${sort}&inStock=${inStock}&limit=17`;

  it('hands out every product once and in order, by page numbers and by cursors, which agree', async () => {
    const pages = Math.ceil(expected.length / 17);
    let cursor: string | null = null;
    const walked: number[] = [];
    for (let page = 1; page <= pages; page += 1) {
      const numbered = (await list(`${url}&page=${page}`)).body;
      expect(numbered).toMatchObject({ total: expected.length, totalPages: pages, page });
      expect(ids(numbered)).toEqual(expected.slice((page - 1) * 17, page * 17));
      if (cursor !== null) {
        const reply: List = (await list(`${url}&cursor=${cursor}`)).body;
        expect(reply).toEqual(numbered);
      }
      walked.push(...ids(numbered));
      cursor = numbered.nextCursor;
    }
    expect(cursor).toBeNull();
    expect(walked).toEqual(expected);
    expect(ids((await list(`${url}&page=${pages + 1}`)).body)).toEqual([]);
  });
});

describe('what a list shows', () => {
  it('is the shape of the report, by default the newest in stock', async () => {
    const { body, headers } = await list('');
    const inStock = rows.filter(({ stock }) => stock > 0).sort(orders['newest']);
    expect(Object.keys(body)).toEqual(['products', 'total', 'page', 'totalPages', 'nextCursor']);
    expect(ids(body)).toEqual(inStock.slice(0, 20).map(({ id }) => id));
    expect(body.products[0]).toEqual({
      id: inStock[0]!.id,
      name: `Product ${inStock[0]!.id}`,
      slug: `p-${inStock[0]!.id}`,
      thumbnail: null,
      unitPrice: inStock[0]!.price + 0.5,
      updatedPrice: inStock[0]!.price + 0.5,
      hasDiscount: false,
      quantity: inStock[0]!.stock,
      categoryId: inStock[0]!.category,
      categoryName: { 1: 'All', 2: 'Left', 3: 'Right', 0: null }[inStock[0]!.category ?? 0],
      reviewCount: inStock[0]!.reviews,
      rating: meanOf(inStock[0]!),
      created_at: new Date(Date.UTC(2026, 0, 1, 0, 0, inStock[0]!.created, 1)).toISOString(),
    });
    expect(headers['x-cache']).toBeDefined();
  });

  it('links to the pages around it, with its filters', async () => {
    const { headers, body } = await list('category=left&minPrice=1&sort=price&limit=5&page=2&utm_source=x');
    const base = '/api/products?category=left&minPrice=1.00&sort=price&limit=5';
    expect(headers.link?.split(', ')).toEqual([
      `<${base}>; rel="first"`,
      `<${base}&page=1>; rel="prev"`,
      `<${base}&cursor=${body.nextCursor}>; rel="next"`,
      `<${base}&page=${body.totalPages}>; rel="last"`,
    ]);
    const last = await list(`category=left&minPrice=1&sort=price&limit=5&page=${body.totalPages}`);
    expect(last.headers.link).not.toContain('rel="next"');
    expect((await list('')).headers.link).toMatch(
      /^<\/api\/products>; rel="first", <\/api\/products\?cursor=/,
    );
  });

  it('counts an empty list as no page', async () => {
    const nothing = { products: [], total: 0, page: 1, totalPages: 0, nextCursor: null };
    expect((await list('minPrice=999999')).body).toEqual(nothing);
    expect((await list('minPrice=999999&sort=price')).body).toEqual(nothing);
  });

  it('stays complete while products come and go: nothing twice, nothing lost that was there all the time', async () => {
    const before = rows.filter(({ stock }) => stock > 0).sort(orders['newest']);
    const seen: number[] = [];
    const made: string[] = [];
    let cursor = '';
    do {
      const { body }: { body: List } = await list(`limit=30${cursor && `&cursor=${cursor}`}`);
      seen.push(...ids(body));
      cursor = body.nextCursor ?? '';
      made.push((await shop.product({ name: 'Newcomer' })).slug);
    } while (cursor);
    expect(seen).toEqual(before.map(({ id }) => id));
    for (const slug of made) await shop.write({ role: 'admin' }, 'DELETE', `/api/products/${slug}`);
  });
});

describe('ids and slugs', () => {
  const soldOut = rows.find(({ stock }) => stock === 0)!;
  const others = rows.filter(({ stock }) => stock > 0).slice(0, 30);

  it('answers what was asked for, in that order, sold-out ones too, unknown ones left out', async () => {
    const wanted = [others[3]!.id, soldOut.id, 99_999, others[0]!.id];
    const { body } = await list(`ids=${wanted.join(',')}`);
    expect(ids(body)).toEqual([others[3]!.id, soldOut.id, others[0]!.id]);
    expect(body).toMatchObject({ total: 3, page: 1, totalPages: 1, nextCursor: null });
    const bySlug = await list(`slugs=${wanted.map((id) => `p-${id}`).join(',')}`);
    expect(bySlug.body).toEqual(body);
    expect(ids((await list(`ids=${wanted.join(',')}&inStock=true`)).body)).toEqual([
      others[3]!.id,
      others[0]!.id,
    ]);
  });

  it('answers up to 100 at once, whatever the page size', async () => {
    const hundred = rows.slice(0, 100).map(({ id }) => id);
    expect(ids((await list(`ids=${hundred.join(',')}&limit=5`)).body)).toEqual(hundred);
    expect((await list(`ids=${[...hundred, 101].join(',')}`)).body).toMatchObject({ status: 400 });
  });
});

it('takes a parameter without a value for one that was not given, in the same cache entry', async () => {
  const { text } = await list('sort=price');
  const form = 'q=&category=&categoryId=&minPrice=&maxPrice=&inStock=&page=&limit=&cursor=&sort=price';
  for (const query of [form, form.replaceAll('=&', '=%20&')]) {
    const empty = await list(query);
    expect(empty).toMatchObject({ status: 200, text });
    expect(empty.headers['x-cache']).toBe('HIT');
  }
  expect((await list('minPrice=500&maxPrice=&sort=price')).text).toBe(
    (await list('minPrice=500&sort=price')).text,
  );
});

describe('wrong questions', () => {
  const farCursor = Buffer.from(JSON.stringify([1, 'newest', '2026-02-30 00:00:00.000', 1, 2])).toString(
    'base64url',
  );

  it.each([
    ['page=0', 'validation_failed', 'page'],
    ['page=two', 'validation_failed', 'page'],
    ['page=1&page=2', 'validation_failed', 'page'],
    ['page=1e3', 'validation_failed', 'page'],
    ['limit=0', 'validation_failed', 'limit'],
    ['limit=101', 'validation_failed', 'limit'],
    ['sort=cheapest', 'validation_failed', 'sort'],
    ['inStock=maybe', 'validation_failed', 'inStock'],
    ['minPrice=-1', 'validation_failed', 'minPrice'],
    ['minPrice=1.999', 'validation_failed', 'minPrice'],
    ['maxPrice=cheap', 'validation_failed', 'maxPrice'],
    ['minPrice=10&maxPrice=9.99', 'validation_failed', 'minPrice'],
    ['category=all&categoryId=1', 'validation_failed', 'category'],
    ['categoryId=x', 'validation_failed', 'categoryId'],
    ['ids=1,x', 'validation_failed', 'ids.1'],
    ['ids=', 'validation_failed', 'ids.0'],
    ['slugs=', 'validation_failed', 'slugs.0'],
    ['ids=1&slugs=a', 'validation_failed', 'slugs'],
    ['ids=1&q=lamp', 'validation_failed', 'q'],
    ['ids=1&sort=price', 'validation_failed', 'sort'],
    ['page=501', 'offset_too_deep', undefined],
    ['page=999999999999999&limit=100', 'offset_too_deep', undefined],
    ['page=101&limit=100&q=product', 'offset_too_deep', undefined],
    ['cursor=rubbish', 'invalid_cursor', undefined],
    [`cursor=${farCursor}`, 'invalid_cursor', undefined],
    ['categoryId=999', 'category_not_found', undefined],
    ['category=none', 'category_not_found', undefined],
  ])('%s', async (query, code, field) => {
    const { status, body } = await list(query);
    expect(body).toMatchObject({ code, ...(field !== undefined && { errors: [{ field }] }) });
    expect(status).toBe(code === 'category_not_found' ? 404 : 400);
  });

  it('a cursor of another order', async () => {
    const { nextCursor } = (await list('sort=price&limit=5')).body;
    expect((await list(`sort=-price&limit=5&cursor=${nextCursor}`)).body).toMatchObject({
      code: 'invalid_cursor',
    });
    expect((await list(`sort=price&limit=5&cursor=${nextCursor}`)).status).toBe(200);
  });

  it('the deepest page that is allowed is answered', async () =>
    expect((await list('page=500')).body).toMatchObject({ products: [], page: 500 }));
});
