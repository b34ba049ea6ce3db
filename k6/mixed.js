// Visitors, a checkout, editors and reviewers at once; it changes prices and stock: only for a test system.
// k6 run -e BASE_URL=… -e JWT_SECRET=… -e USERS=1000 k6/mixed.js
import { view } from './lib/browse.js';
import { findCatalogue } from './lib/catalogue.js';
import { COMMON } from './lib/options.js';
import { count, setting } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { think } from './lib/user.js';
import { changePrice, checkOut, review } from './lib/write.js';

const users = count('USERS', 1000);
const duration = setting('DURATION', '5m');

/** @type {import('k6/options').Options} */
export const options = {
  ...COMMON,
  scenarios: {
    visitors: { executor: 'constant-vus', exec: 'visit', vus: users, duration },
    checkout: {
      executor: 'constant-arrival-rate',
      exec: 'checkout',
      rate: count('CHECKOUTS', 20),
      timeUnit: '1s',
      duration,
      preAllocatedVUs: 20,
      maxVUs: 200,
    },
    // An editor may write 20 times a minute: each changes one price every 3 to 5 seconds.
    editors: { executor: 'constant-vus', exec: 'edit', vus: 5, duration },
    reviewers: {
      executor: 'constant-arrival-rate',
      exec: 'rate',
      rate: 2,
      timeUnit: '1s',
      duration,
      preAllocatedVUs: 10,
      maxVUs: 50,
    },
  },
  thresholds: {
    http_req_failed: ['rate<0.001'],
    'http_req_duration{kind:read}': ['p(95)<500', 'avg<200'],
    'http_req_duration{kind:write}': ['p(95)<1000'],
    // Whoever has written reads what was written.
    prior_own_write_missing: ['count==0'],
  },
};

export const setup = findCatalogue;

/** @param {import('./lib/catalogue.js').Catalogue} catalogue */
export function visit(catalogue) {
  view(catalogue);
  think();
}

export { changePrice as edit, checkOut as checkout, review as rate };

export const handleSummary = summary('mixed');
