import { constants, monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import { availableParallelism, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { CounterFamily } from '../counter';
import { GaugeFamily } from '../gauge';
import { HistogramFamily } from '../histogram';

const GC_KINDS: Record<number, string> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

/** The Node process itself. */
export const runtime = {
  loopLag: new GaugeFamily(
    'prior_event_loop_lag_p99_seconds',
    'How late the event loop ran, 99th percentile since the last scrape.',
    [],
    'max',
  ),
  loopUtilization: new GaugeFamily(
    'prior_event_loop_utilization',
    'Share of the time since the last scrape that the event loop was busy (0 to 1).',
    [],
    'average',
  ),
  gcPauses: new HistogramFamily('prior_gc_pause_seconds', 'Garbage collection pauses by kind.', ['kind']),
  heapUsed: new GaugeFamily('prior_heap_used_bytes', 'JavaScript heap in use.', []),
  heapLimit: new GaugeFamily('prior_heap_limit_bytes', 'Size at which the heap is full.', []),
  resident: new GaugeFamily(
    'prior_resident_memory_bytes',
    'Memory of the process as the system counts it.',
    [],
  ),
  memoryTotal: new GaugeFamily(
    'prior_memory_total_bytes',
    'Memory of the machine, or of the container where it has a limit.',
    [],
    'max',
  ),
  memoryAvailable: new GaugeFamily(
    'prior_memory_available_bytes',
    'Memory that the machine or the container could still give.',
    [],
    'min',
  ),
  processes: new GaugeFamily('prior_processes', 'Processes that serve.', []),
  cores: new GaugeFamily('prior_cpu_cores', 'Cores that the process may use.', [], 'max'),
  startTime: new GaugeFamily(
    'prior_start_time_seconds',
    'Unix time at which the process started.',
    [],
    'min',
  ),
  cpu: new CounterFamily('prior_cpu_seconds_total', 'Processor time by mode (user, system).', ['mode']),
} as const;

/** Without a limit the system says 0, or a number that no machine has. */
function memoryTotal(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Starts measuring the event loop, garbage collection, memory and processor time.
 *
 * @returns stops it again; nothing that it starts keeps the process alive
 */
export function watchRuntime(): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let last = performance.eventLoopUtilization();
  const gc = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const kind = (entry as unknown as { detail?: { kind?: number } }).detail?.kind;
      runtime.gcPauses.series(GC_KINDS[kind ?? -1] ?? 'other').observe(entry.duration / 1000);
    }
  });
  gc.observe({ entryTypes: ['gc'] });
  const user = runtime.cpu.cell('user');
  const system = runtime.cpu.cell('system');

  const stops = [
    runtime.loopLag.from([], () => {
      // The histogram counts whole timer periods: the 10 ms between two samples are not lag.
      const p99 = Math.max(0, delay.percentile(99) / 1e9 - 0.01);
      delay.reset();
      return Number.isFinite(p99) ? p99 : 0;
    }),
    runtime.loopUtilization.from([], () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    }),
    runtime.heapUsed.from([], () => {
      // Counters have no sources: they are brought up to date here because gauges are read first.
      const spent = process.cpuUsage();
      user.n = spent.user / 1e6;
      system.n = spent.system / 1e6;
      return process.memoryUsage().heapUsed;
    }),
    runtime.heapLimit.from([], () => getHeapStatistics().heap_size_limit),
    runtime.resident.from([], () => process.memoryUsage.rss()),
    runtime.memoryTotal.from([], memoryTotal),
    runtime.memoryAvailable.from([], () => process.availableMemory()),
    runtime.processes.from([], () => 1),
    runtime.cores.from([], availableParallelism),
    runtime.startTime.from([], () => performance.timeOrigin / 1000),
  ];
  return () => {
    delay.disable();
    gc.disconnect();
    for (const stop of stops) stop();
  };
}
