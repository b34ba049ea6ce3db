import { quantile, rate, sum } from './metrics.js';

const REQUESTS = 'prior_http_request_duration_seconds';
/** Probes are no traffic. */
const traffic = { route: (route) => !route.startsWith('/health') };

const number = (digits) => (value) => value.toLocaleString('en', { maximumFractionDigits: digits });
const perSecond = (value) => `${number(value < 10 ? 2 : 0)(value)}/s`;
const duration = (value) =>
  value < 1 ? `${number(value < 0.01 ? 1 : 0)(value * 1000)} ms` : `${number(value < 10 ? 2 : 0)(value)} s`;
const percent = (value) => `${number(1)(value * 100)} %`;

/** A share of what there was; undefined, not 0, when there was nothing. */
const share = (part, whole) => (whole > 0 ? part / whole : undefined);

/** What is drawn over time. Each line is a name, how to compute it from two readings, and how to write its value. */
export const CARDS = [
  {
    id: 'requests',
    title: 'Requests',
    lines: [['all', (b, a) => rate(b, a, `${REQUESTS}_count`, traffic), perSecond]],
  },
  {
    id: 'latency',
    title: 'Latency',
    lines: [
      ['p95', (b, a) => quantile(b, a, REQUESTS, 0.95, traffic), duration],
      ['p50', (b, a) => quantile(b, a, REQUESTS, 0.5, traffic), duration],
    ],
  },
  {
    id: 'errors',
    title: 'Failed (5xx)',
    lines: [
      [
        'of all requests',
        (b, a) =>
          share(
            rate(b, a, `${REQUESTS}_count`, { ...traffic, status: (status) => status.startsWith('5') }),
            rate(b, a, `${REQUESTS}_count`, traffic),
          ),
        percent,
      ],
    ],
  },
  {
    id: 'hit-rate',
    title: 'Hit rate',
    lines: [
      ['both tiers', (b, a) => hitRate(b, a), percent],
      ['process alone', (b, a) => hitRateOf(b, a, 'l1', ['hit', 'revalidated']), percent],
      ['Redis alone', (b, a) => hitRateOf(b, a, 'l2', ['hit']), percent],
    ],
  },
  {
    id: 'refused',
    title: 'Shed and limited',
    lines: [
      [
        'shed',
        (b, a) =>
          rate(b, a, 'prior_admission_requests_total', {
            decision: (decision) => ['shed', 'expired', 'overflow'].includes(decision),
          }),
        perSecond,
      ],
      [
        'rate limited',
        (b, a) =>
          rate(b, a, 'prior_rate_limit_total', {
            decision: (decision) => ['denied', 'remembered'].includes(decision),
          }),
        perSecond,
      ],
    ],
  },
  {
    id: 'database',
    title: 'Database',
    lines: [
      ['statements', (b, a) => rate(b, a, 'prior_db_queries_total'), perSecond],
      ['fallbacks to the primary', (b, a) => rate(b, a, 'prior_db_fallbacks_total'), perSecond],
    ],
  },
  {
    id: 'in-flight',
    title: 'In flight',
    lines: [
      ['requests', (_, a) => sum(a, 'prior_http_requests_in_flight'), number(0)],
      ['waiting for a database slot', (_, a) => sum(a, 'prior_admission_queued'), number(0)],
    ],
  },
  {
    id: 'cpu',
    title: 'Processor',
    lines: [
      [
        'of its cores',
        (b, a) => share(rate(b, a, 'prior_cpu_seconds_total'), sum(a, 'prior_cpu_cores')),
        percent,
      ],
    ],
  },
];

/** Look-ups by tier and result, each under the name that people give it, and whether it is good news. */
export const LOOKUPS = [
  ['process: hit', 'l1', 'hit', 'good'],
  ['process: revalidated', 'l1', 'revalidated', 'good'],
  ['Redis: hit', 'l2', 'hit', 'good'],
  ['loaded', 'l2', 'miss', 'fair'],
  ['Redis: error', 'l2', 'error', 'bad'],
];

export const lookups = (before, after, tier, result) =>
  rate(before, after, 'prior_cache_requests_total', { tier, result });

/** Every question counts once in the process, or as coalesced alone, which is neither; so misses are what Redis did not have. */
function hitRate(before, after) {
  const [hits, all] = ['good', 'any'].map((which) =>
    LOOKUPS.filter(([, , , tone]) => which === 'any' || tone === 'good').reduce(
      (total, [, tier, result]) => total + lookups(before, after, tier, result),
      0,
    ),
  );
  return share(hits, all);
}

function hitRateOf(before, after, tier, good) {
  const wanted = (results) => ({ tier, result: (result) => results.includes(result) });
  const bad = tier === 'l1' ? ['miss', 'bypass'] : ['miss', 'error'];
  const all = rate(before, after, 'prior_cache_requests_total', wanted([...good, ...bad]));
  return share(rate(before, after, 'prior_cache_requests_total', wanted(good)), all);
}

export { duration, percent, perSecond, REQUESTS, share };
