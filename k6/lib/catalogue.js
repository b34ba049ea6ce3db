import { fail } from 'k6';
import http from 'k6/http';
import { BASE_URL } from './settings.js';
import { asUser, url } from './user.js';

/**
 * What there is to look at. Found once, by `setup()`, and handed to every user.
 *
 * @typedef {object} Catalogue
 * @property {string[]} slugs of products
 * @property {string[]} categories slugs of categories with products
 * @property {string[]} words that a search finds something with
 */

/** @typedef {{ slug: string, products: number, children: Branch[] }} Branch */

/** @param {Branch[]} branches @returns {string[]} */
const slugsOf = (branches) =>
  branches.flatMap(({ slug, products, children }) => [...(products > 0 ? [slug] : []), ...slugsOf(children)]);

/** @param {string} path */
function need(path) {
  const answer = http.get(url(path), asUser('setup'));
  if (answer.status !== 200) {
    fail(
      `${BASE_URL}${path} answered ${answer.status}: is the API there? (-e BASE_URL=http://127.0.0.1:3000)`,
    );
  }
  return answer;
}

/** @returns {Catalogue} */
export function findCatalogue() {
  const products = /** @type {{ slug: string, name: string }[]} */ (
    /** @type {unknown} */ (need('/api/products?limit=100').json('products'))
  );
  const tree = /** @type {Branch[]} */ (/** @type {unknown} */ (need('/api/categories').json('categories')));
  if (products.length === 0) fail('The catalogue is empty: fill it with `npm run seed`');
  const words = products.map(({ name }) => name.split(' ')[0] ?? '').filter((word) => word.length > 2);
  return {
    slugs: products.map(({ slug }) => slug),
    categories: slugsOf(tree),
    words: [...new Set(words)],
  };
}

/**
 * Few things are asked for often, many seldom: the chance of rank r falls with 1/r (Zipf's law).
 *
 * @template T
 * @param {readonly T[]} items the most popular first, at least one
 * @returns {T}
 */
export function popular(items) {
  const rank = Math.floor(Math.exp(Math.random() * Math.log(items.length + 1))) - 1;
  return /** @type {T} */ (items[Math.min(rank, items.length - 1)]);
}
