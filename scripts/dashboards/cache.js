'use strict';
const { dashboard } = require('./dashboard');
const { graph, row } = require('./panel');
const { JOB, ON, per, quantile } = require('./terms');

const QUESTIONS = 'prior_cache_requests_total';
const questions = `sum(${per(QUESTIONS, 'tier="l1",result!="stale"')})`;

module.exports = dashboard(
  'prior-cache',
  'Prior: cache',
  'What the two tiers answer, what is loaded, and whether answers are proven fresh (docs/consistency.md).',
  [
    row('Answers'),
    graph(
      'Hit rate',
      'Share of the questions answered by the process itself (l1), by Redis (l2), and by both together.',
      'percentunit',
      [
        [`sum(${per(QUESTIONS, 'tier="l1",result=~"hit|revalidated"')}) / ${questions}`, 'l1'],
        [`sum(${per(QUESTIONS, 'tier="l2",result="hit"')}) / ${questions}`, 'l2'],
        [`min(job:prior_cache_hits:ratio_rate5m{${JOB}})`, 'both (5 min)'],
      ],
      { target: 0.9, atLeast: true, max: 1 },
    ),
    graph(
      'Questions to the process',
      'revalidated: versions compared with Redis first. bypass: a reader who has just written, or no Redis. stale: answers marked as not proven fresh, counted in addition.',
      'ops',
      [[`sum by (result) (${per(QUESTIONS, 'tier="l1"')})`, '{{result}}']],
    ),
    graph(
      'Questions to Redis',
      'What the process could not answer. An error counts as a miss to the reader.',
      'ops',
      [[`sum by (result) (${per(QUESTIONS, 'tier="l2"')})`, '{{result}}']],
    ),
    graph(
      'Shared loads',
      'Requests that waited for the look-up or the load of another instead of asking again.',
      'ops',
      [[`sum(${per('prior_cache_coalesced_total')})`, 'coalesced']],
    ),
    graph(
      'Fills',
      'raced: a write came between load and store, so the answer was not stored. failed: Redis did not take it. skipped: not proven fresh.',
      'ops',
      [[`sum by (result) (${per('prior_cache_fills_total')})`, '{{result}}']],
    ),
    graph(
      'Invalidations',
      'Tags dropped by writes (at once or within 500 ms), and writes that a drain had to publish because their writer had not.',
      'ops',
      [
        [`sum(${per('prior_cache_invalidations_total')})`, 'tags'],
        [`sum(${per('prior_outbox_drained_total')})`, 'drained writes'],
      ],
    ),
    row('Freshness'),
    graph(
      'Age of the last drain',
      'Above 0.4 s the drain gate is closed: nothing is answered from cache as fresh.',
      's',
      [[`max by (instance) (prior_outbox_drain_age_seconds{${ON}})`, '{{instance}}']],
      { target: 0.4 },
    ),
    graph(
      'Follower of the binlog',
      'Processes that follow it (1 where BINLOG_FOLLOW is on), and how long a change by a writer outside the API takes to be published.',
      'none',
      [
        [`sum by (job) (prior_follower_leader{${ON}})`, 'leaders'],
        [`max by (job) (prior_follower_lag_seconds{${ON}})`, 'lag, s'],
      ],
    ),
    graph(
      'Transactions in the binlog',
      'Of the API itself (left to their writers), and published for writers outside it.',
      'ops',
      [
        [`sum(${per('prior_follower_own_transactions_total')})`, 'own'],
        [`sum by (dropped) (${per('prior_follower_publications_total')})`, 'outside: {{dropped}}'],
      ],
    ),
    row('Edge (nothing is shown without EDGE)'),
    graph('Purge calls', 'By result. limited: the edge asked for a pause; the call is made again.', 'ops', [
      [`sum by (target, result) (${per('prior_edge_purges_total')})`, '{{target}} {{result}}'],
    ]),
    graph('Purges that wait', 'Tags whose time has not come, or whose turn.', 'short', [
      [`sum by (target) (prior_edge_purge_queue{${ON}})`, '{{target}}'],
    ]),
    graph(
      'Time to purge',
      'p95 from the time at which a tag was due until the edge confirmed. A write is visible through the edge that much later.',
      's',
      [[quantile(0.95, 'prior_edge_purge_delay_seconds', 'target'), '{{target}}']],
      { target: 2 },
    ),
    row('Memory'),
    graph('Held by the processes', 'Bytes of the tier in the processes.', 'bytes', [
      [`sum by (instance) (prior_cache_l1_bytes{${ON}})`, '{{instance}}'],
    ]),
    graph('Entries held by the processes', 'Answers in the tier in the processes.', 'short', [
      [`sum by (instance) (prior_cache_l1_entries{${ON}})`, '{{instance}}'],
    ]),
    graph(
      'Redis memory',
      'In use, and the limit (0: none). The report wants less than 500 MB.',
      'bytes',
      [
        ['redis_memory_used_bytes', '{{instance}} used'],
        ['redis_memory_max_bytes', '{{instance}} limit'],
      ],
      { target: 500_000_000 },
    ),
    graph(
      'Redis key space',
      'Look-ups of keys in Redis that found something. Versions of tags count too, so this is not the hit rate of the cache.',
      'percentunit',
      [
        [
          'rate(redis_keyspace_hits_total[$__rate_interval]) / (rate(redis_keyspace_hits_total[$__rate_interval]) + rate(redis_keyspace_misses_total[$__rate_interval]))',
          '{{instance}}',
        ],
      ],
      { max: 1 },
    ),
    graph('Redis evictions and expiries', 'Evicted: pushed out because the memory is full.', 'ops', [
      ['rate(redis_evicted_keys_total[$__rate_interval])', '{{instance}} evicted'],
      ['rate(redis_expired_keys_total[$__rate_interval])', '{{instance}} expired'],
    ]),
    graph('Redis commands and clients', 'Commands in a second, and connected clients.', 'short', [
      ['rate(redis_commands_processed_total[$__rate_interval])', '{{instance}} commands/s'],
      ['redis_connected_clients', '{{instance}} clients'],
    ]),
  ],
);
