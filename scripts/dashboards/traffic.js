'use strict';
const { dashboard } = require('./dashboard');
const { graph, row } = require('./panel');
const { JOB, ON, per, quantile } = require('./terms');

module.exports = dashboard(
  'prior-traffic',
  'Prior: traffic and overload',
  'What is let in, what waits, what is refused and why (docs/traffic.md).',
  [
    row('Gates'),
    graph(
      'Shed',
      'Share of the requests refused because there was too much to do.',
      'percentunit',
      [[`job:prior_shed:ratio_rate5m{${JOB}}`, '{{job}}']],
      { target: 0.01 },
    ),
    graph(
      'Decisions at the gates',
      'admitted; shed: refused by the queue; expired: its time was up; abandoned: the client hung up; overflow: too many in flight (gate 1).',
      'ops',
      [[`sum by (decision) (${per('prior_admission_requests_total')})`, '{{decision}}']],
    ),
    graph('Shed by class', 'What has the lowest priority goes first.', 'ops', [
      [
        `sum by (class) (${per('prior_admission_requests_total', 'decision=~"shed|expired|overflow"')})`,
        '{{class}}',
      ],
    ]),
    graph(
      'Database work',
      'Going on now, and how much is let in, as adapted to how the database answers.',
      'short',
      [
        [`sum(prior_admission_in_flight{${ON}})`, 'in flight'],
        [`sum(prior_admission_limit{${ON}})`, 'limit'],
      ],
    ),
    graph(
      'Queue',
      'Work that waits for a slot, by class.',
      'short',
      [[`sum by (class) (prior_admission_queued{${ON}})`, '{{class}}']],
      { stacked: true },
    ),
    graph('Time in the queue', 'p95 of what was let in, by class.', 's', [
      [quantile(0.95, 'prior_admission_queue_seconds', 'class'), '{{class}}'],
    ]),
    graph(
      'Requests in flight',
      'Being answered now, by instance. Gate 1 refuses what is beyond its limit.',
      'short',
      [[`sum by (instance) (prior_http_requests_in_flight{${ON}})`, '{{instance}}']],
    ),
    graph('Connections', 'Of clients, by instance.', 'short', [
      [`sum by (instance) (prior_http_connections{${ON}})`, '{{instance}}'],
    ]),
    graph('Answers 429 and 503', 'What clients see of all this.', 'reqps', [
      [`sum(${per('prior_rate_limit_total', 'decision=~"denied|remembered"')})`, '429: rate limit'],
      [`sum(${per('prior_admission_requests_total', 'decision=~"shed|expired|overflow"')})`, '503: shed'],
    ]),
    row('Rate limit'),
    graph('Decisions', 'By class of caller. remembered: denied without counting again.', 'ops', [
      [`sum by (class, decision) (${per('prior_rate_limit_total')})`, '{{class}} {{decision}}'],
    ]),
    graph(
      'Denied',
      'Share of the requests that the limit refuses.',
      'percentunit',
      [[`job:prior_rate_limit_denied:ratio_rate5m{${JOB}}`, '{{job}}']],
      { target: 0.2 },
    ),
    graph(
      'Callers, and limits of single processes',
      'Callers that the processes remember; local is 1 while Redis is away and each process limits by itself.',
      'short',
      [
        [`sum(prior_rate_limit_tracked{${ON}})`, 'callers'],
        [`max by (instance) (prior_rate_limit_local{${ON}})`, 'local: {{instance}}'],
      ],
    ),
    row('Breakers'),
    graph(
      'State',
      '0 closed, 1 half open, 2 open.',
      'none',
      [[`max by (name) (prior_breaker_state{${ON}})`, '{{name}}']],
      { max: 2 },
    ),
    graph(
      'Refused by breakers',
      'Calls that were not tried because their server was known to be away.',
      'ops',
      [[`sum by (name) (${per('prior_breaker_refused_total')})`, '{{name}}']],
    ),
  ],
);
