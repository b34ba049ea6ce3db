import exec from 'k6/execution';
import { sleep } from 'k6';
import { BASE_URL } from './settings.js';

/** The report's users wait 1 to 4 seconds between pages. */
const THINK_FROM_S = 1;
const THINK_TO_S = 4;

/** Reads for 1 to 4 seconds. */
export function think() {
  sleep(THINK_FROM_S + Math.random() * (THINK_TO_S - THINK_FROM_S));
}

/**
 * An address of this user's own, of 198.18.0.0/15, the networks kept for benchmarks (RFC 2544): 131,072 users. The
 * limiter counts by address, and to it all of k6 would be one client. The API believes it only with TRUST_PROXY.
 *
 * @param {number} [id] default: this virtual user
 */
export function addressOf(id = exec.vu.idInTest) {
  return `198.${18 + ((id >> 16) & 1)}.${(id >> 8) & 255}.${id & 255}`;
}

/** @param {string} path @returns {string} */
export const url = (path) => BASE_URL + path;

/**
 * Parameters of a request by this user.
 *
 * @param {string} name the route, so that k6 keeps one time series for it and not one for each address
 * @param {Record<string, string>} [headers]
 */
export const asUser = (name, headers = {}) => ({
  headers: { 'X-Forwarded-For': addressOf(), 'Accept-Encoding': 'gzip', ...headers },
  tags: { name },
});
