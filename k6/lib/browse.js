import { check } from 'k6';
import http from 'k6/http';
import { popular } from './catalogue.js';
import { HOME_PATH } from './settings.js';
import { asUser, url } from './user.js';

/** @typedef {import('./catalogue.js').Catalogue} Catalogue */
/** @typedef {import('k6/http').RefinedResponse<'text'>} Answer */

/** ETags that this user has seen, by path: a browser asks again with them. @type {Map<string, string>} */
const seen = new Map();

/** Statuses that are no failure of a page: another address (301), and nothing new (304). */
const PAGE = http.expectedStatuses(200, 301, 304);

/**
 * @param {string} name route, for the metrics
 * @param {string} path
 * @returns {Answer}
 */
export function page(name, path) {
  const etag = seen.get(path);
  const { headers, tags } = asUser(name, etag === undefined ? {} : { 'If-None-Match': etag });
  const answer = http.get(url(path), { headers, tags: { ...tags, kind: 'read' }, responseCallback: PAGE });
  const tag = answer.headers['Etag'];
  if (answer.status === 200 && tag !== undefined) seen.set(path, tag);
  check(answer, {
    'page is there': ({ status }) => status === 200 || status === 304,
    'page says how it was cached': (one) => one.headers['X-Cache'] !== undefined,
  });
  return answer;
}

/** Everything a visitor does, each with its share of all page views. @type {[number, (c: Catalogue) => Answer][]} */
const VIEWS = [
  [30, () => page('home', HOME_PATH)],
  [
    20,
    (c) =>
      page('/api/products?category', `/api/products?category=${encodeURIComponent(popular(c.categories))}`),
  ],
  [30, (c) => page('/api/products/{slug}', `/api/products/${encodeURIComponent(popular(c.slugs))}`)],
  [
    8,
    (c) =>
      page('/api/products/{slug}/reviews', `/api/products/${encodeURIComponent(popular(c.slugs))}/reviews`),
  ],
  [5, () => page('/api/categories', '/api/categories')],
  [4, (c) => page('/api/products?q', `/api/products?q=${encodeURIComponent(popular(c.words))}`)],
  [3, (c) => page('/api/products?slugs', `/api/products?slugs=${cart(c)}`)],
];

/** @param {Catalogue} catalogue the slugs of three products */
const cart = ({ slugs }) =>
  [popular(slugs), popular(slugs), popular(slugs)].map(encodeURIComponent).join(',');

/** One view, by its share. @param {Catalogue} catalogue @returns {Answer} */
export function view(catalogue) {
  let dice = Math.random() * VIEWS.reduce((sum, [share]) => sum + share, 0);
  const found = VIEWS.find(([share]) => (dice -= share) < 0) ?? VIEWS[0];
  return /** @type {NonNullable<typeof found>} */ (found)[1](catalogue);
}

/** Every kind of view once. @param {Catalogue} catalogue */
export function viewAll(catalogue) {
  for (const [, look] of VIEWS) look(catalogue);
}
