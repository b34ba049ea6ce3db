// A minute before anything larger: every kind of page, nothing may fail. k6 run -e BASE_URL=… k6/smoke.js
import { viewAll } from './lib/browse.js';
import { findCatalogue } from './lib/catalogue.js';
import { COMMON } from './lib/options.js';
import { summary } from './lib/summary.js';
import { think } from './lib/user.js';

/** @type {import('k6/options').Options} */
export const options = {
  ...COMMON,
  vus: 2,
  iterations: 10,
  thresholds: { checks: ['rate==1'], http_req_failed: ['rate==0'], http_req_duration: ['p(95)<500'] },
};

export const setup = findCatalogue;

/** @param {import('./lib/catalogue.js').Catalogue} catalogue */
export default function (catalogue) {
  viewAll(catalogue);
  think();
}

export const handleSummary = summary('smoke');
