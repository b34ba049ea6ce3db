import { loadConfig } from '@prior/config';
import { signDevToken } from '@prior/http';
import { random } from '../../test/support/random';
import { zipf } from '../../test/consistency/hitrate/zipf';
import type { Lab } from '../lab/lab';

const WRITE_SHARE = 0.01;
const LIST_SHARE = 0.5;
/** People who write reviews: nobody reviews the same product twice, and each stays far below 20 writes a minute. */
const AUTHORS = 2_000;

/** An address of each user's own, of the networks kept for benchmarks (RFC 2544). */
export const addressOf = (user: number): string =>
  `198.${18 + ((user >> 16) & 1)}.${(user >> 8) & 255}.${user & 255}`;

/** Lists from the most to the least wanted. */
const listsOf = (categories: readonly string[]): string[] => [
  '/api/products',
  '/api/products?sort=popular',
  ...categories.map((slug) => `/api/products?category=${encodeURIComponent(slug)}`),
  '/api/products?sort=price',
  '/api/products?page=2',
  '/api/products?sort=rating',
  '/api/categories',
  '/api/products?page=3',
];

/**
 * What users ask: lists and details, each as often as Zipf has it, and one request in a hundred writes a review.
 *
 * @returns makes all bytes of the next request of a user, who sits behind a proxy that says where it is
 */
export async function browsing(lab: Lab, database: string, seed: number): Promise<(user: number) => string> {
  const column = async (query: string) =>
    (await lab.servers.primary.sql(`USE ${database}; ${query}`)).map(([one]) => one!);
  const slugs = await column('SELECT slug FROM products ORDER BY reviewCount DESC, id');
  const lists = listsOf(await column('SELECT slug FROM categories ORDER BY id'));
  const { next } = random(seed);
  const [product, list] = [zipf(slugs.length, next), zipf(lists.length, next)];
  const { auth } = loadConfig({ ...lab.env(database), NODE_ENV: 'production' });
  const tokens = await Promise.all(
    Array.from({ length: AUTHORS }, (_, i) =>
      signDevToken(auth, {
        role: 'customer',
        subject: `bench-${Date.now().toString(36)}-${i}`,
        name: 'A visitor',
      }),
    ),
  );
  let written = 0;
  const review = (address: string): string => {
    const n = written++;
    // The n-th review of an author is of another product than all of the author's before.
    const slug = slugs[(n + Math.floor(n / AUTHORS)) % slugs.length]!;
    const body = JSON.stringify({ rating: 1 + (n % 5), title: 'As described', body: 'Came on time.' });
    return (
      `POST /api/products/${encodeURIComponent(slug)}/reviews HTTP/1.1\r\nhost: shop\r\nx-forwarded-for: ${address}\r\n` +
      `authorization: Bearer ${tokens[n % AUTHORS]}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    );
  };
  return (user) => {
    const address = addressOf(user);
    const dice = next();
    if (dice < WRITE_SHARE) return review(address);
    const path =
      dice < WRITE_SHARE + (1 - WRITE_SHARE) * LIST_SHARE
        ? lists[list()]!
        : `/api/products/${encodeURIComponent(slugs[product()]!)}`;
    return `GET ${path} HTTP/1.1\r\nhost: shop\r\nx-forwarded-for: ${address}\r\naccept-encoding: gzip\r\n\r\n`;
  };
}
