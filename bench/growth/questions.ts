import { loadConfig } from '@prior/config';
import { signDevToken } from '@prior/http';
import type { Lab } from '../lab/lab';

export interface Asked {
  readonly method?: 'GET' | 'PATCH';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One row of the table: what is asked, over and over, of a catalogue of any size. */
export interface Question {
  readonly id: string;
  readonly title: string;
  /** The n-th time that it is asked; each is answered by the database. */
  readonly ask: (n: number) => Asked;
  /** What bounds its work where that is not the size of a page. */
  readonly bound?: string;
}

const LIST = '/api/products';
const LIMIT = 20;
const CURSOR_PAGES = 5_000;

/**
 * What a shop asks, about a catalogue of this size.
 *
 * @param smallest the size that all others are compared with; a page number must exist in it
 */
export async function questionsOf(lab: Lab, database: string, smallest: number): Promise<Question[]> {
  const rows = (query: string) => lab.servers.primary.sql(`USE ${database}; ${query}`);
  const [[inStock] = []] = await rows('SELECT inStock FROM category_totals WHERE categoryId = 0');
  const deepest = Math.floor(Math.min(0.85 * smallest, 10_000) / LIMIT);
  // A small catalogue has no 5,000 pages: there the walk goes to nine tenths of it.
  const depth = Math.min(CURSOR_PAGES * LIMIT, Math.floor(Number(inStock) * 0.9));
  const [[time, id] = []] = await rows(
    `SELECT created_at, id FROM products FORCE INDEX (idx_products_stock_created) WHERE inStock = 1
      ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ${depth}`,
  );
  const cursor = Buffer.from(
    JSON.stringify([1, 'newest', time, Number(id), Math.floor(depth / LIMIT) + 1]),
  ).toString('base64url');
  const [[category] = []] = await rows(
    'SELECT slug FROM categories WHERE parentId IS NULL ORDER BY id LIMIT 1',
  );
  const slugs = (await rows('SELECT slug FROM products WHERE id % 7 = 0 ORDER BY id LIMIT 500')).map(
    ([slug]) => slug!,
  );
  const [[word] = []] = await rows(`SELECT SUBSTRING_INDEX(name, ' ', -1) FROM products WHERE id = 1`);
  const slug = (n: number) => encodeURIComponent(slugs[n % slugs.length]!);
  const { auth } = loadConfig({ ...lab.env(database), NODE_ENV: 'production' });
  const headers = {
    authorization: `Bearer ${await signDevToken(auth, { role: 'admin' })}`,
    'content-type': 'application/json',
  };
  const get = (path: string) => () => ({ path });
  return [
    { id: 'first', title: 'first page', ask: get(LIST) },
    {
      id: 'filtered',
      title: 'price range, newest first',
      ask: get(`${LIST}?minPrice=500&maxPrice=5000`),
      bound: 'a range is counted up to 10,000; beyond that its entries are walked, 20,000 at most',
    },
    { id: 'price', title: 'sorted by price', ask: get(`${LIST}?sort=price`) },
    {
      id: 'deepest',
      title: `page ${deepest} by number`,
      ask: get(`${LIST}?page=${deepest}`),
      bound: 'a page number reads the index entries that it skips, 10,000 at most',
    },
    { id: 'cursor', title: '5,000 pages deep by cursor', ask: get(`${LIST}?cursor=${cursor}`) },
    {
      id: 'category',
      title: 'category with its subtree',
      ask: get(`${LIST}?category=${encodeURIComponent(category!)}`),
    },
    {
      id: 'search',
      title: 'search',
      ask: get(`${LIST}?q=${encodeURIComponent(word!)}`),
      bound: 'the full-text index ranks all matches of a word before 1,000 of them are taken',
    },
    { id: 'detail', title: 'detail', ask: (n) => ({ path: `${LIST}/${slug(n)}` }) },
    { id: 'tree', title: 'category tree', ask: get('/api/categories') },
    {
      id: 'write',
      title: 'write (a price)',
      ask: (n) => ({
        method: 'PATCH',
        path: `${LIST}/${slug(n)}`,
        headers,
        body: JSON.stringify({ updatedPrice: `${100 + (n % 900)}.${10 + (n % 90)}` }),
      }),
      bound: 'commits wait for the disk (innodb_flush_log_at_trx_commit=1, sync with the binlog)',
    },
  ];
}
