// A campaign starts: from 100 users to USERS in ten seconds, and back. k6 run -e BASE_URL=… -e USERS=5000 k6/spike.js
import { view } from './lib/browse.js';
import { findCatalogue } from './lib/catalogue.js';
import { COMMON } from './lib/options.js';
import { judge, refusalsAreNoFailures } from './lib/overload.js';
import { count } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { think } from './lib/user.js';

const BASE_USERS = 100;
const users = count('USERS', 5000);

/** @type {import('k6/options').Options} */
export const options = {
  ...COMMON,
  scenarios: {
    spike: {
      executor: 'ramping-vus',
      startVUs: BASE_USERS,
      stages: [
        { duration: '1m', target: BASE_USERS },
        { duration: '10s', target: users },
        { duration: '2m', target: users },
        { duration: '10s', target: BASE_USERS },
      ],
      gracefulRampDown: '10s',
    },
    // After it, as if nothing had been.
    recovered: { executor: 'constant-vus', vus: BASE_USERS, startTime: '3m40s', duration: '1m' },
  },
  thresholds: {
    http_req_failed: ['rate<0.001'],
    prior_served: ['p(95)<500'],
    prior_refused: ['rate<0.05'],
    'http_req_duration{scenario:recovered}': ['p(95)<500'],
    'prior_refused{scenario:recovered}': ['rate==0'],
  },
};

refusalsAreNoFailures();

export const setup = findCatalogue;

/** @param {import('./lib/catalogue.js').Catalogue} catalogue */
export default function (catalogue) {
  judge(view(catalogue));
  think();
}

export const handleSummary = summary('spike');
