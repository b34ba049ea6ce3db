import { check } from 'k6';
import http from 'k6/http';
import { Rate, Trend } from 'k6/metrics';

/**
 * Beyond its limits the API refuses quickly what it cannot do (503, 429). That is no failure; hanging and breaking are.
 */

/** Share of requests that were refused. */
export const refused = new Rate('prior_refused');
/** Times of those that were answered, ms. */
export const served = new Trend('prior_served', true);
/** Times of those that were refused, ms. */
export const refusal = new Trend('prior_refusal', true);

const EXPECTED = http.expectedStatuses({ min: 200, max: 399 }, 429, 503);

/** Call it when the script is loaded: from then on a refusal does not count into http_req_failed. */
export const refusalsAreNoFailures = () => http.setResponseCallback(EXPECTED);

/** @param {import('k6/http').RefinedResponse<'text' | 'binary' | 'none'>} answer */
export function judge(answer) {
  const isRefusal = answer.status === 503 || answer.status === 429;
  refused.add(isRefusal);
  (isRefusal ? refusal : served).add(answer.timings.duration);
  check(answer, {
    'is served or refused': ({ status }) => status === 200 || status === 304 || isRefusal,
    'a refusal says when to come back': ({ headers }) => !isRefusal || Number(headers['Retry-After']) > 0,
  });
}
