// One step of section 8.1, judged by table 8.2: k6 run -e BASE_URL=… -e USERS=5000 k6/steps.js
// All of them: for users in 500 1000 2000 5000 10000; do k6 run -e BASE_URL=… -e USERS=$users k6/steps.js || break; done
import { view } from './lib/browse.js';
import { findCatalogue } from './lib/catalogue.js';
import { COMMON, STEPS, criteriaOf, thresholdsOf, weekOf } from './lib/options.js';
import { count, setting } from './lib/settings.js';
import { summary } from './lib/summary.js';
import { think } from './lib/user.js';

const users = count('USERS', STEPS[0] ?? 1);
/** `-e WEEK=3` judges a step by another week's column. */
const week = __ENV['WEEK'] || weekOf(users);

/** @type {import('k6/options').Options} */
export const options = {
  ...COMMON,
  vus: users,
  duration: setting('DURATION', '2m'),
  thresholds: thresholdsOf(criteriaOf(week)),
};

export const setup = findCatalogue;

/** @param {import('./lib/catalogue.js').Catalogue} catalogue */
export default function (catalogue) {
  view(catalogue);
  think();
}

export const handleSummary = summary(`steps-${users}-week-${week}`);
