'use strict';
/** Parts that many queries share. */

/** What the variables at the top of a dashboard choose. */
const JOB = 'job=~"$job"';
const ON = `${JOB},instance=~"$instance"`;
/** Without what machines ask. */
const HTTP = 'route!~"/health.*"';

/**
 * The rate of a counter in the chosen processes.
 * @param {string} metric @param {string} [where] more conditions
 */
const per = (metric, where = '') => `rate(${metric}{${ON}${where && `,${where}`}}[$__rate_interval])`;

/**
 * A quantile of a histogram in the chosen processes.
 * @param {number} q @param {string} metric @param {string} [by] labels @param {string} [where]
 */
const quantile = (q, metric, by = '', where = '') =>
  `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (${per(`${metric}_bucket`, where)}))`;

module.exports = { JOB, ON, HTTP, per, quantile };
