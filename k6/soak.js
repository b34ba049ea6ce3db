// Hours of ordinary traffic, to find what grows: k6 run -e BASE_URL=… -e USERS=1000 -e DURATION=4h k6/soak.js
// Look at the memory, open files and connections of the API's dashboards meanwhile.
import { view } from './lib/browse.js';
import { findCatalogue } from './lib/catalogue.js';
import { COMMON, criteriaOf, thresholdsOf } from './lib/options.js';
import { count, setting } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { think } from './lib/user.js';

const users = count('USERS', 1000);
const { http_req_duration, http_req_failed } = thresholdsOf(criteriaOf('3'));

/** @type {import('k6/options').Options} */
export const options = {
  ...COMMON,
  stages: [
    { duration: '2m', target: users },
    { duration: setting('DURATION', '4h'), target: users },
    { duration: '1m', target: 0 },
  ],
  thresholds: {
    ...(http_req_duration && { http_req_duration: [...http_req_duration, 'p(99)<1000'] }),
    ...(http_req_failed && { http_req_failed }),
  },
};

export const setup = findCatalogue;

/** @param {import('./lib/catalogue.js').Catalogue} catalogue */
export default function (catalogue) {
  view(catalogue);
  think();
}

export const handleSummary = summary('soak');
