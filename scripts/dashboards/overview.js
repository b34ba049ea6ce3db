'use strict';
const { dashboard } = require('./dashboard');
const { firing, graph, row, stat } = require('./panel');
const { HTTP, JOB, ON, per } = require('./terms');

const TARGETS = [
  stat(
    'p95',
    'Time within which 95 % of the answers are given. The report wants less than 500 ms.',
    's',
    `max(job:prior_latency_p95:rate5m{${JOB}})`,
    { target: 0.5 },
  ),
  stat(
    'Average',
    'Average time of an answer. The report wants less than 200 ms.',
    's',
    `max(job:prior_latency_average:rate5m{${JOB}})`,
    { target: 0.2 },
  ),
  stat(
    'p99',
    'Time within which 99 % of the answers are given. The report wants less than 1 s.',
    's',
    `max(job:prior_latency_p99:rate5m{${JOB}})`,
    { target: 1 },
  ),
  stat(
    'Failures',
    'Share of the requests answered with 5xx or refused by gate 1. The report wants less than 0.1 %.',
    'percentunit',
    `max(job:prior_errors:ratio_rate5m{${JOB}})`,
    { target: 0.001 },
  ),
  stat(
    'Throughput',
    'Requests in a second. The report wants 300 under load, 500 after its third week; quiet hours have fewer.',
    'reqps',
    `sum(job:prior_requests:rate5m{${JOB}})`,
    { target: 300, atLeast: true },
  ),
  stat(
    'Open connections',
    'Connections of clients. The report wants to serve 10,000 users at once.',
    'short',
    `sum(prior_http_connections{${ON}})`,
  ),
  stat(
    'Database connections',
    'Share in use of what reads or writes may use of a pool, whichever is fuller. The report wants less than 45 of 50.',
    'percentunit',
    `max(job:prior_db_pool_used:ratio{${JOB}})`,
    { target: 0.9 },
  ),
  stat(
    'Query time',
    'Average time of a repository method at the database. The report wants less than 50 ms.',
    's',
    `sum(${per('prior_db_query_duration_seconds_sum')}) / sum(${per('prior_db_query_duration_seconds_count')})`,
    { target: 0.05 },
  ),
  stat(
    'Cache hit rate',
    'Share of the reads that the process or Redis answered. The report wants more than 90 %.',
    'percentunit',
    `min(job:prior_cache_hits:ratio_rate5m{${JOB}})`,
    { target: 0.9, atLeast: true },
  ),
  stat(
    'Redis memory',
    'Memory of the fullest Redis. The report wants less than 500 MB.',
    'bytes',
    'max(redis_memory_used_bytes)',
    { target: 500_000_000 },
  ),
  stat(
    'CPU',
    'Share of the cores that the processes of the busiest host can use. The report wants less than 70 %.',
    'percentunit',
    `max(instance:prior_cpu:ratio_rate5m{${ON}})`,
    { target: 0.7 },
  ),
  stat(
    'Memory',
    'Memory in use of the fullest machine or container. The report wants less than 80 %.',
    'percentunit',
    `max(instance:prior_memory_used:ratio{${ON}})`,
    { target: 0.8 },
  ),
];

module.exports = dashboard(
  'prior-overview',
  'Prior: overview',
  'Does the service keep what the report asks for, and if not, where to look.',
  [
    row('Success criteria of the report'),
    ...TARGETS,
    row('Requests'),
    graph(
      'Requests by status',
      'Answers in a second by status.',
      'reqps',
      [[`sum by (status) (${per('prior_http_request_duration_seconds_count', HTTP)})`, '{{status}}']],
      { stacked: true },
    ),
    graph(
      'Latency',
      'Quantiles over all routes. The points are single requests: their trace or request id leads to the trace or the log.',
      's',
      ['0.5', '0.95', '0.99'].map((q) => [
        `histogram_quantile(${q}, sum by (le) (${per('prior_http_request_duration_seconds_bucket', HTTP)}))`,
        `p${Number(q) * 100}`,
      ]),
      { target: 0.5, exemplars: true },
    ),
    graph(
      'p95 by route',
      'Of the ten slowest routes.',
      's',
      [
        [
          `topk(10, histogram_quantile(0.95, sum by (le, method, route) (${per('prior_http_request_duration_seconds_bucket', HTTP)})))`,
          '{{method}} {{route}}',
        ],
      ],
      { target: 0.5 },
    ),
    graph('Requests by route', 'The ten routes that are asked most.', 'reqps', [
      [
        `topk(10, sum by (method, route) (${per('prior_http_request_duration_seconds_count', HTTP)}))`,
        '{{method}} {{route}}',
      ],
    ]),
    graph('In flight and connected', 'Requests being answered, and connections of clients.', 'short', [
      [`sum(prior_http_requests_in_flight{${ON}})`, 'in flight'],
      [`sum(prior_http_connections{${ON}})`, 'connections'],
    ]),
    graph(
      'Event loop lag',
      'p99 of how late the event loop runs in the worst process. The report wants less than 50 ms.',
      's',
      [[`max by (instance) (prior_event_loop_lag_p99_seconds{${ON}})`, '{{instance}}']],
      { target: 0.05 },
    ),
    row('What is promised over 30 days: 99.9 % succeed, 95 % within 500 ms'),
    graph(
      'Burn rate of failures',
      'How many times too fast failures use up what a month allows. 1 lasts exactly the month; from 14.4 in an hour on somebody is woken.',
      'none',
      ['1h', '6h', '3d'].map((w) => [`max(job:prior_errors:ratio_rate${w}{${JOB}}) / 0.001`, w]),
      { target: 1 },
    ),
    graph(
      'Burn rate of slow answers',
      'The same for answers that take longer than 500 ms.',
      'none',
      ['1h', '6h', '3d'].map((w) => [`max(job:prior_slow:ratio_rate${w}{${JOB}}) / 0.05`, w]),
      { target: 1 },
    ),
    firing('Alerts', 'What fires or is about to. Each has a page in docs/runbook.', 8),
  ],
);
