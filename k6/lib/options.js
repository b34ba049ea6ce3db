/** What the scenarios share: the report's stages, its success criteria, and how results are printed. */

/** The report's test, section 1: 100 users after 30 s, 1,000 after another minute, none after 30 s more. */
export const REPORT_STAGES = [
  { duration: '30s', target: 100 },
  { duration: '1m', target: 1000 },
  { duration: '30s', target: 0 },
];

/** The report's thresholds, section 1. */
export const REPORT_THRESHOLDS = {
  http_req_duration: ['p(95)<500'],
  http_req_failed: ['rate<0.01'],
};

/**
 * @typedef {object} Criteria table 8.2 of the report, one column
 * @property {number} users at once
 * @property {number} p95Ms
 * @property {number} averageMs
 * @property {number} failureRate 0 to 1
 * @property {number} perSecond requests
 */

/** Table 8.2 of the report: "After Week 1" to "After Week 3". @type {Readonly<Record<string, Criteria>>} */
export const CRITERIA = {
  1: { users: 2000, p95Ms: 2000, averageMs: 1000, failureRate: 0.01, perSecond: 150 },
  2: { users: 5000, p95Ms: 500, averageMs: 200, failureRate: 0.001, perSecond: 300 },
  3: { users: 10000, p95Ms: 500, averageMs: 200, failureRate: 0.001, perSecond: 500 },
};

/** The steps of section 8.1. */
export const STEPS = [500, 1000, 2000, 5000, 10000];

/**
 * The first week whose number of users reaches this step. 500 users with the report's think time make 200 requests a
 * second at most, so the throughput of weeks 2 and 3 can only be asked of their own steps.
 *
 * @param {number} users
 * @returns {string} `1`, `2` or `3`
 */
export function weekOf(users) {
  const found = Object.keys(CRITERIA).find((week) => criteriaOf(week).users >= users);
  if (!found)
    throw new Error(`The report has no criteria for ${users} users: set -e WEEK=3 to use its last ones`);
  return found;
}

/** @param {string} week @returns {Criteria} */
export function criteriaOf(week) {
  const found = CRITERIA[week];
  if (!found) throw new Error(`WEEK must be one of ${Object.keys(CRITERIA).join(', ')} (it is ${week})`);
  return found;
}

/** @param {Criteria} criteria @returns {Record<string, string[]>} as k6 wants them */
export const thresholdsOf = ({ p95Ms, averageMs, failureRate, perSecond }) => ({
  http_req_duration: [`p(95)<${p95Ms}`, `avg<${averageMs}`],
  http_req_failed: [`rate<${failureRate}`],
  http_reqs: [`rate>${perSecond}`],
});

/** In every scenario but the report's own, which stays as it is. */
export const COMMON = {
  summaryTrendStats: ['avg', 'min', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'],
  userAgent: 'prior-k6',
};
