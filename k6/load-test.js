// The report's test (section 1), to compare with its figures: k6 run -e BASE_URL=… k6/load-test.js
// Its steps (section 8.1) are the same script: k6 run --vus 500 --duration 2m k6/load-test.js
import { check } from 'k6';
import http from 'k6/http';
import { REPORT_STAGES, REPORT_THRESHOLDS } from './lib/options.js';
import { HOME_PATH } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { asUser, think, url } from './lib/user.js';

/** @type {import('k6/options').Options} */
export const options = { stages: REPORT_STAGES, thresholds: REPORT_THRESHOLDS };

export default function () {
  const answer = http.get(url(HOME_PATH), asUser('home'));
  check(answer, {
    'status is 200': ({ status }) => status === 200,
    'response time < 1s': ({ timings }) => timings.duration < 1000,
  });
  think();
}

export const handleSummary = summary('load-test');
