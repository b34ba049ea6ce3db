'use strict';
const { dashboard } = require('./dashboard');
const { graph, row } = require('./panel');
const { JOB, ON, per, quantile } = require('./terms');

const POOL = 'prior_db_pool_connections';
const TIME = 'prior_db_query_duration_seconds';
const server = '{{role}} {{server}}';

module.exports = dashboard(
  'prior-database',
  'Prior: database and replication',
  'Pools, statements, replicas and fences as the API sees them, and the servers as their exporter sees them.',
  [
    row('Connections of the API'),
    graph(
      'In use',
      'Of the connections that reads, and writes, may use of each server. The report wants less than 45 of 50.',
      'percentunit',
      [[`job:prior_db_pool_used:ratio{${JOB}}`, `${server} {{kind}}`]],
      { target: 0.9, max: 1 },
    ),
    graph('Used and idle', 'Connections by server and state.', 'short', [
      [`sum by (role, server, state) (${POOL}{${ON},state=~"used|idle"})`, `${server} {{state}}`],
    ]),
    graph(
      'Waiting',
      'Work that waits for a connection. The gate before the pool should keep this at 0.',
      'short',
      [[`sum by (role, server) (${POOL}{${ON},state="waiting"})`, server]],
    ),
    row('Statements of the API'),
    graph('Statements', 'In a second, by server.', 'ops', [
      [`sum by (role, server) (${per('prior_db_queries_total')})`, server],
    ]),
    graph(
      'p95 by repository method',
      'The ten slowest methods.',
      's',
      [[`topk(10, ${quantile(0.95, TIME, 'name')})`, '{{name}}']],
      { target: 0.05 },
    ),
    graph(
      'Average by repository method',
      'The ten slowest methods. The report wants less than 50 ms.',
      's',
      [
        [
          `topk(10, sum by (name) (${per(`${TIME}_sum`)}) / sum by (name) (${per(`${TIME}_count`)}))`,
          '{{name}}',
        ],
      ],
      { target: 0.05 },
    ),
    graph(
      'Time spent by method',
      'Seconds of database time in a second: what to make faster first.',
      'none',
      [[`topk(10, sum by (name) (${per(`${TIME}_sum`)}))`, '{{name}}']],
      { stacked: true },
    ),
    graph('Calls by method', 'In a second, the ten most used.', 'ops', [
      [`topk(10, sum by (name) (${per(`${TIME}_count`)}))`, '{{name}}'],
    ]),
    graph('Transactions', 'Time of a whole write, up to its COMMIT.', 's', [
      [quantile(0.5, TIME, '', 'name="transaction"'), 'p50'],
      [quantile(0.95, TIME, '', 'name="transaction"'), 'p95'],
    ]),
    row('Replication'),
    graph(
      'Lag',
      'Age of the newest heartbeat that a replica has applied. Above 2 s nothing is read from it, below 1 s it is taken back.',
      's',
      [[`job:prior_replica_lag_seconds:max{${JOB}}`, '{{server}}']],
      { target: 2 },
    ),
    graph(
      'Replicas that are read',
      '1: reads may go there.',
      'none',
      [[`job:prior_replica_healthy:min{${JOB}}`, '{{server}}']],
      { max: 1 },
    ),
    graph('Fallbacks', 'Reads that the primary had to answer, by reason.', 'ops', [
      [`sum by (reason) (${per('prior_db_fallbacks_total')})`, '{{reason}}'],
    ]),
    graph(
      'Fences',
      'Waits for a replica to reach the position of the primary. A time-out sends the read to the primary.',
      'ops',
      [[`sum by (outcome) (${per('prior_fence_waits_total')})`, '{{outcome}}']],
    ),
    graph(
      'Time of a fence',
      'How long a read waits for its replica.',
      's',
      [
        [quantile(0.5, TIME, '', 'name="fence.wait"'), 'p50'],
        [quantile(0.99, TIME, '', 'name="fence.wait"'), 'p99'],
      ],
      { target: 0.05 },
    ),
    graph(
      'Seconds behind',
      'As the server counts it; an applier that stopped shows nothing here, but it does under "Lag".',
      's',
      [['{__name__=~"mysql_slave_status_seconds_behind_(master|source)"}', '{{instance}}']],
    ),
    row('Servers'),
    graph('Connections', 'Of all clients, and the limit of the server.', 'short', [
      ['mysql_global_status_threads_connected', '{{instance}} connected'],
      ['mysql_global_variables_max_connections', '{{instance}} max_connections'],
    ]),
    graph(
      'Refused and broken connections',
      'Clients that gave up while connecting, and errors of the server with new connections.',
      'ops',
      [
        ['rate(mysql_global_status_aborted_connects[$__rate_interval])', '{{instance}} aborted'],
        [
          'sum by (instance) (rate(mysql_global_status_connection_errors_total[$__rate_interval]))',
          '{{instance}} errors',
        ],
      ],
    ),
    graph('Queries', 'In a second.', 'ops', [
      ['rate(mysql_global_status_queries[$__rate_interval])', '{{instance}}'],
    ]),
    graph('Slow queries', 'Statements that took longer than long_query_time of the server.', 'ops', [
      ['rate(mysql_global_status_slow_queries[$__rate_interval])', '{{instance}}'],
    ]),
    graph('Rows read', 'By the way of reading: read_rnd_next is a scan, read_key an index.', 'ops', [
      [
        'sum by (instance, handler) (rate(mysql_global_status_handlers_total{handler=~"read_.*"}[$__rate_interval]))',
        '{{instance}} {{handler}}',
      ],
    ]),
    graph(
      'Buffer pool',
      'Share of the pages that were in memory.',
      'percentunit',
      [
        [
          '1 - rate(mysql_global_status_innodb_buffer_pool_reads[$__rate_interval]) / rate(mysql_global_status_innodb_buffer_pool_read_requests[$__rate_interval])',
          '{{instance}}',
        ],
      ],
      { max: 1 },
    ),
  ],
);
