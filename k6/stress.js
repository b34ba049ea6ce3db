// More than it can do, whatever that is: requests come at a rate, however slow the answers are.
// k6 run -e BASE_URL=… -e PEAK=8000 k6/stress.js   (requests a second; choose twice what a step has reached)
import exec from 'k6/execution';
import http from 'k6/http';
import { findCatalogue, popular } from './lib/catalogue.js';
import { COMMON } from './lib/options.js';
import { judge, refusalsAreNoFailures } from './lib/overload.js';
import { count } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { addressOf, asUser, url } from './lib/user.js';

const peak = count('PEAK', 8000);
/** Requests by more clients than k6 has virtual users, or the limiter would answer for the API. */
const CLIENTS = 131072;

/** @type {import('k6/options').Options} */
export const options = {
  ...COMMON,
  scenarios: {
    stress: {
      executor: 'ramping-arrival-rate',
      startRate: Math.ceil(peak / 20),
      timeUnit: '1s',
      preAllocatedVUs: Math.ceil(peak / 4),
      maxVUs: peak,
      stages: [
        { duration: '1m', target: Math.ceil(peak / 4) },
        { duration: '2m', target: Math.ceil(peak / 2) },
        { duration: '2m', target: peak },
        { duration: '30s', target: Math.ceil(peak / 20) },
      ],
    },
  },
  thresholds: {
    // It refuses what it cannot do, at once, and what it does it does well.
    http_req_failed: ['rate<0.001'],
    prior_served: ['p(95)<500'],
    prior_refusal: ['p(95)<500'],
  },
};

refusalsAreNoFailures();

export const setup = findCatalogue;

/** @param {import('./lib/catalogue.js').Catalogue} catalogue */
export default function ({ slugs }) {
  const client = exec.scenario.iterationInTest % CLIENTS;
  const { headers, tags } = asUser('/api/products/{slug}', { 'X-Forwarded-For': addressOf(client) });
  judge(http.get(url(`/api/products/${encodeURIComponent(popular(slugs))}`), { headers, tags }));
}

export const handleSummary = summary('stress');
