import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type ReadRouter, type ReadSession } from '@prior/database';
import { LoadContext } from '@prior/http';
import { CategoriesRepository } from '../../apps/api/src/categories/categories.repository';
import { listQuery, sorts } from '../../apps/api/src/products/dto/list-query';
import type { ProductList } from '../../apps/api/src/products/dto/product-output';
import { ProductsListRepository } from '../../apps/api/src/products/products-list.repository';
import { ProductsListService } from '../../apps/api/src/products/products-list.service';
import { ProductsReadRepository } from '../../apps/api/src/products/products-read.repository';
import { ProductsSearchRepository } from '../../apps/api/src/products/products-search.repository';
import { ReviewsRepository } from '../../apps/api/src/reviews/reviews.repository';
import { BIG, fillBigCatalogue } from '../support/big-catalogue';
import { migratedDatabase } from '../support/migrated';
import { connect, dropDatabase, getStack, type Stack, startPrivateStack } from '../support/stack';

jest.setTimeout(600_000);

const PRODUCTS = 100_000;
const LIMIT = 20;

/**
 * Rows that the server really reads for one answer (Handler_read_*, those of its temporary tables included), at most.
 * Whatever is not in `exceptions` keeps within PAGE, however many products there are.
 */
const PAGE = 12 * (LIMIT + 1);

const exceptions = {
  /** A page number reads what it skips, at most 10,000 rows; all of stock is two ranges, merged in a temporary table. */
  pageNumber: (offset: number, inStock: boolean) => PAGE + offset * (inStock ? 1 : 5),
  /** A price range is counted up to 10,000: in its index, and once more where the server keeps what it counts. */
  priceRange: PAGE + 2 * 10_002,
  /**
   * A price range in another order: counted, then sorted, when it has at most 10,000 products, or walked for at most
   * 20,000 entries (5/3 of that in several tries, each entry in the index and in a temporary table, and once more to
   * know where the walk ended). All of stock is two ranges, merged.
   */
  priceRangeInOtherOrder: (inStock: boolean) =>
    PAGE + 2 * 10_002 + 20_000 * ((5 / 3) * (inStock ? 2 : 6) + (inStock ? 1 : 4)),
  /** A search looks at 1,000 matches, with a filter or an order at 10,000, by their ids, and sorts at most 1,000 hits. */
  search: PAGE + 4 * 1_000,
  narrowedSearch: PAGE + 4 * 10_000,
};

/** Alone where the servers are ours: the replicas would do all of the filling again, and nobody asks them. */
let stack: Stack & { discard?: () => Promise<void> };
let database: string;
let db: Connection;
let lists: ProductsListService;
let session: ReadSession;

beforeAll(async () => {
  stack = process.env.TEST_PRIMARY ? getStack() : await startPrivateStack({ replicas: 0, redis: false });
  database = await migratedDatabase(stack);
  db = await connect(stack.primary, database);
  await fillBigCatalogue(db, PRODUCTS);
  session = {
    query: async (_name: string, sql: string, params: readonly unknown[] = []) =>
      (await db.query(sql, params as unknown[]))[0],
  } as unknown as ReadSession;
  lists = new ProductsListService(
    {
      read: (_load: LoadContext, work: (s: ReadSession) => unknown) => work(session),
    } as unknown as ReadRouter,
    new ProductsListRepository(),
    new ProductsSearchRepository(),
    new ProductsReadRepository(),
    new CategoriesRepository(),
  );
});
afterAll(async () => {
  await db?.end();
  if (stack.discard) await stack.discard();
  else await dropDatabase(stack, database);
});

async function handlerReads(): Promise<number> {
  const [rows] = await db.query<RowDataPacket[]>("SHOW SESSION STATUS LIKE 'Handler\\_read\\_%'");
  return rows.reduce((sum, row) => sum + Number(row['Value']), 0);
}

/** Opening a table for the first time reads the dictionary as well, so the work is done twice. */
async function warm<T>(work: () => Promise<T>): Promise<{ value: T; reads: number }> {
  await work();
  return counted(work);
}

async function counted<T>(work: () => Promise<T>): Promise<{ value: T; reads: number }> {
  const before = await handlerReads();
  const value = await work();
  return { value, reads: (await handlerReads()) - before };
}

const list = (query: string) =>
  counted<ProductList>(() =>
    lists.list(new LoadContext(), listQuery.parse(Object.fromEntries(new URLSearchParams(query)))),
  );

/** The first page, and the one two further by cursor. */
async function pages(query: string): Promise<{ value: ProductList; reads: number }[]> {
  const first = await list(query);
  let { nextCursor } = first.value;
  let last = first;
  for (let i = 0; i < 2 && nextCursor !== null; i += 1) {
    last = await list(`${query}&cursor=${nextCursor}`);
    nextCursor = last.value.nextCursor;
  }
  return [first, last];
}

const scopes = {
  'the whole catalogue': '',
  'the root category': `categoryId=${BIG.root}`,
  'half of it': 'category=half',
  'a small category': 'category=small',
};
const each = Object.entries(scopes).flatMap(([name, scope]) =>
  sorts.flatMap((sort) => [true, false].map((inStock) => [name, sort, inStock, scope] as const)),
);

describe.each(each)('%s by %s, inStock=%s', (_name, sort, inStock, scope) => {
  const base = `${scope}&sort=${sort}&inStock=${inStock}`;

  it('reads no more than a page', async () => {
    for (const { value, reads } of await pages(base)) {
      expect(value.products).toHaveLength(LIMIT);
      expect(reads).toBeLessThanOrEqual(PAGE);
    }
  });

  it.each([
    ['wide', 'minPrice=5000'],
    ['narrow', 'minPrice=40000&maxPrice=40500'],
    ['of a tenth', 'maxPrice=10000'],
    ['of the oldest products only', 'minPrice=200000'],
    ['of none', 'minPrice=150000&maxPrice=160000'],
  ])('with a price range, %s, keeps to its bound', async (_, range) => {
    const bound =
      sort === 'price' || sort === '-price'
        ? exceptions.priceRange
        : exceptions.priceRangeInOtherOrder(inStock);
    for (const { reads } of await pages(`${base}&${range}`)) expect(reads).toBeLessThanOrEqual(bound);
  });
});

it.each([
  ['newest', true],
  ['popular', true],
  ['newest', false],
] as const)('the deepest page number by %s, inStock=%s, reads what it skips', async (sort, inStock) => {
  const { value, reads } = await list(`sort=${sort}&inStock=${inStock}&page=500`);
  expect(value.products).toHaveLength(LIMIT);
  expect(reads).toBeLessThanOrEqual(exceptions.pageNumber(9_980, inStock));
});

it.each(['rating', 'popular'])(
  'the end of a list by %s, behind long ties, costs no more than its beginning',
  async (sort) => {
    const [row] = (
      await db.query<RowDataPacket[]>(
        `SELECT id FROM products WHERE inStock = 1 AND reviewCount = 0 ORDER BY id LIMIT 1 OFFSET 30`,
      )
    )[0];
    const key = sort === 'rating' ? '0.00' : '0';
    const cursor = Buffer.from(JSON.stringify([1, sort, key, row?.['id'], 2])).toString('base64url');
    const { value, reads } = await list(`sort=${sort}&cursor=${cursor}`);
    expect(value.products).toHaveLength(LIMIT);
    expect(reads).toBeLessThanOrEqual(PAGE);
  },
);

describe('a price range that excludes the beginning of the order', () => {
  // The dear products are the oldest 20,000: too many to sort, and 80,000 newer ones are in the way.
  it('is answered in short pages that go on by cursor and lose nothing', async () => {
    const seen: number[] = [];
    let cursor: string | null = '';
    let rounds = 0;
    do {
      const query = `minPrice=200000&limit=100${cursor && `&cursor=${cursor}`}`;
      const { value, reads }: { value: ProductList; reads: number } = await list(query);
      expect(reads).toBeLessThanOrEqual(exceptions.priceRangeInOtherOrder(true) + 12 * 100);
      expect(value).toMatchObject({ total: 10_000, totalIsLowerBound: true });
      seen.push(...value.products.map(({ id }) => id));
      cursor = value.nextCursor;
      rounds += 1;
    } while (cursor !== null && seen.length < 300);
    const [first] = await db.query<RowDataPacket[]>(
      `SELECT id FROM products WHERE inStock = 1 AND updatedPrice >= 200000 ORDER BY created_at DESC, id DESC LIMIT ${seen.length}`,
    );
    expect(seen).toEqual(first.map((row) => Number(row['id'])));
    expect(rounds).toBeGreaterThan(3);
  });

  it('is refused for a page number that it would have to walk to', async () => {
    await expect(list('minPrice=200000&page=2')).rejects.toMatchObject({ code: 'offset_too_deep' });
  });
});

describe('a search', () => {
  it.each(['shirt', 'cotton shi', 'শাড়ি', 'nothing', '4711'])(
    'for "%s" looks at a bounded number of matches',
    async (q) => {
      for (const { reads } of await pages(`q=${encodeURIComponent(q)}`))
        expect(reads).toBeLessThanOrEqual(exceptions.search);
      for (const narrowed of ['category=small', 'maxPrice=500', 'sort=price&inStock=false', 'sort=newest']) {
        for (const { reads } of await pages(`q=${encodeURIComponent(q)}&${narrowed}`))
          expect(reads).toBeLessThanOrEqual(exceptions.narrowedSearch);
      }
    },
  );
});

it('a lookup of a hundred reads a hundred', async () => {
  const ids = Array.from({ length: 100 }, (_, i) => 1 + i * 997);
  const byId = await list(`ids=${ids.join(',')}`);
  const bySlug = await list(`slugs=${ids.map((id) => `product-${id}`).join(',')}`);
  for (const { value, reads } of [byId, bySlug]) {
    expect(value.products).toHaveLength(100);
    expect(reads).toBeLessThanOrEqual(3 * 100);
  }
});

it('a detail, a page of reviews and a category read a handful', async () => {
  const authors = Array.from({ length: 5_000 }, (_, i) => [77, `author-${i}`, 5, '2026-01-01']);
  await db.query('INSERT INTO reviews (product_id, author, rating, created_at) VALUES ?', [authors]);
  const products = new ProductsReadRepository();
  const reviews = new ReviewsRepository();
  const categories = new CategoriesRepository();
  // With its way from the root, in the same statement: two for each step.
  const { categoryPath } = (await products.detail(session, 'product-77'))!;
  const { reads } = await warm(() => products.detail(session, 'product-77'));
  expect(reads).toBeLessThanOrEqual(3 + 2 * categoryPath.length);
  expect((await warm(() => products.presentSlug(session, 'nowhere'))).reads).toBeLessThanOrEqual(2);
  expect((await warm(() => categories.path(session, BIG.small))).reads).toBeLessThanOrEqual(20);
  const first = await warm(() => reviews.page(session, 77, LIMIT, undefined));
  expect(first.reads).toBeLessThanOrEqual(LIMIT + 2);
  const last = first.value[LIMIT - 1]!;
  expect((await warm(() => reviews.page(session, 77, LIMIT, last))).reads).toBeLessThanOrEqual(LIMIT + 3);
});
