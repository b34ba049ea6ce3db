import exec from 'k6/execution';
import { check, sleep } from 'k6';
import http from 'k6/http';
import { Counter } from 'k6/metrics';
import { popular } from './catalogue.js';
import { authorization } from './token.js';
import { asUser, url } from './user.js';

/** @typedef {import('./catalogue.js').Catalogue} Catalogue */

/** Reads after a write, with its token, that did not show it. None is allowed. */
export const ownWriteMissing = new Counter('prior_own_write_missing');

/** A checkout finds too little (409), or reviews what it has reviewed: answers, not failures. */
const WRITE = http.expectedStatuses(200, 201, 204, 409);
const EDIT_EVERY_S = 3;

/**
 * @param {string} name
 * @param {Record<string, string>} headers
 */
function writing(name, headers) {
  const { headers: all, tags } = asUser(name, { 'Content-Type': 'application/json', ...headers });
  return { headers: all, tags: { ...tags, kind: 'write' }, responseCallback: WRITE };
}

/** @param {string} slug */
const productUrl = (slug) => url(`/api/products/${encodeURIComponent(slug)}`);

/** An editor changes the price of a product of their own, and reads it back with the token. @param {Catalogue} catalogue */
export function changePrice({ slugs }) {
  const { idInTest } = exec.vu;
  const slug = String(slugs[idInTest % slugs.length]);
  const price = (1 + ((exec.vu.iterationInInstance * 7) % 900) / 100).toFixed(2);
  const written = http.patch(
    productUrl(slug),
    JSON.stringify({ unitPrice: '10.00', updatedPrice: price }),
    writing('PATCH /api/products/{slug}', authorization('admin', `k6-editor-${idInTest}`)),
  );
  check(written, { 'price is changed': ({ status }) => status === 200 });
  const token = written.headers['X-Consistency-Token'];
  if (written.status === 200 && token !== undefined) {
    const { headers, tags } = asUser('/api/products/{slug}', { 'X-Consistency-Token': token });
    const read = http.get(productUrl(slug), { headers, tags: { ...tags, kind: 'read' } });
    // A sample of 0 as well: k6 does not judge a metric that has none.
    if (read.status === 200) ownWriteMissing.add(read.json('updatedPrice') === Number(price) ? 0 : 1);
  }
  sleep(EDIT_EVERY_S + Math.random() * 2);
}

/** The shop's server sells one thing, and puts it back. @param {Catalogue} catalogue */
export function checkOut({ slugs }) {
  const slug = popular(slugs);
  const headers = authorization('service', 'k6-checkout');
  const key = `k6-${exec.vu.idInTest}-${exec.vu.iterationInInstance}-${Date.now()}`;
  /** @param {number} delta @param {string} suffix */
  const move = (delta, suffix) =>
    http.post(
      url('/api/products/stock'),
      JSON.stringify({ changes: [{ slug, delta }] }),
      writing('POST /api/products/stock', { ...headers, 'Idempotency-Key': key + suffix }),
    );
  const sold = move(-1, '-sell');
  check(sold, { 'sold, or sold out': ({ status }) => status === 200 || status === 409 });
  if (sold.status === 200) move(1, '-return');
}

/** A customer writes a review and thinks better of it. @param {Catalogue} catalogue */
export function review({ slugs }) {
  const slug = popular(slugs);
  const customer = authorization(
    'customer',
    `k6-${exec.vu.idInTest}-${exec.vu.iterationInInstance}-${Date.now()}`,
  );
  const written = http.post(
    `${productUrl(slug)}/reviews`,
    JSON.stringify({ rating: 4, title: 'k6', body: 'Written by a load test' }),
    writing('POST /api/products/{slug}/reviews', customer),
  );
  check(written, { 'review is written': ({ status }) => status === 201 });
  if (written.status !== 201) return;
  const gone = http.del(
    `${productUrl(slug)}/reviews/${written.json('id')}`,
    null,
    writing('DELETE /api/products/{slug}/reviews/{id}', customer),
  );
  check(gone, { 'review is gone': ({ status }) => status === 204 });
}
