'use strict';
const { dashboard } = require('./dashboard');
const { graph, row } = require('./panel');
const { ON, per, quantile } = require('./terms');

const each = '{{instance}}';
const byInstance = 'sum by (instance)';

module.exports = dashboard(
  'prior-runtime',
  'Prior: Node runtime',
  'The processes: event loop, processor, garbage collection, memory.',
  [
    row('Event loop and processor'),
    graph(
      'Event loop lag',
      'p99 of how late it ran since the last scrape. The report wants less than 50 ms.',
      's',
      [[`max by (instance) (prior_event_loop_lag_p99_seconds{${ON}})`, each]],
      { target: 0.05 },
    ),
    graph(
      'Event loop utilisation',
      'Busy share of its time. Near 1 the process can do no more, whatever the machine does.',
      'percentunit',
      [[`avg by (instance) (prior_event_loop_utilization{${ON}})`, each]],
      { max: 1 },
    ),
    graph(
      'CPU',
      'Share of the cores that its processes can use. The report wants less than 70 %.',
      'percentunit',
      [[`instance:prior_cpu:ratio_rate5m{${ON}}`, each]],
      { target: 0.7 },
    ),
    graph(
      'Processor time by mode',
      'Cores in use, by the program (user) and by the system for it.',
      'none',
      [[`sum by (mode) (${per('prior_cpu_seconds_total')})`, '{{mode}}']],
      { stacked: true },
    ),
    graph('Processes and cores', 'Processes that serve, and cores that they may use.', 'short', [
      [`${byInstance} (prior_processes{${ON}})`, `${each} processes`],
      [`max by (instance) (prior_cpu_cores{${ON}})`, `${each} cores`],
    ]),
    graph('Up for', 'Since the oldest process of an instance started.', 's', [
      [`time() - min by (instance) (prior_start_time_seconds{${ON}})`, each],
    ]),
    row('Memory'),
    graph('Heap', 'JavaScript objects, and the size at which the process ends.', 'bytes', [
      [`${byInstance} (prior_heap_used_bytes{${ON}})`, `${each} used`],
      [`${byInstance} (prior_heap_limit_bytes{${ON}})`, `${each} limit`],
    ]),
    graph(
      'Resident memory',
      'Of all processes of an instance; a worker above WORKER_MEMORY_LIMIT_MB is replaced.',
      'bytes',
      [[`${byInstance} (prior_resident_memory_bytes{${ON}})`, each]],
    ),
    graph(
      'Memory of the machine or container',
      'Share in use, by whatever runs there. The report wants less than 80 %.',
      'percentunit',
      [[`instance:prior_memory_used:ratio{${ON}}`, each]],
      { target: 0.8, max: 1 },
    ),
    row('Garbage collection'),
    graph(
      'Time spent',
      'Share of the time that requests wait for the collector, by kind.',
      'percentunit',
      [[`sum by (kind) (${per('prior_gc_pause_seconds_sum')})`, '{{kind}}']],
      { stacked: true },
    ),
    graph('Pauses', 'In a second, by kind.', 'ops', [
      [`sum by (kind) (${per('prior_gc_pause_seconds_count')})`, '{{kind}}'],
    ]),
    graph(
      'p99 of a pause',
      'By kind.',
      's',
      [[quantile(0.99, 'prior_gc_pause_seconds', 'kind'), '{{kind}}']],
      { target: 0.05 },
    ),
  ],
);
