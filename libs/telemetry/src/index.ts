export { metrics } from './metrics';
export { watchRuntime } from './metrics/runtime';
export { CounterFamily, type Cell } from './counter';
export { GaugeFamily } from './gauge';
export { Distribution, HistogramFamily, LATENCY_BUCKETS } from './histogram';
export {
  mergeMetrics,
  METRICS_CONTENT_TYPE,
  metricsSnapshot,
  OPENMETRICS_CONTENT_TYPE,
  registry,
  renderMetrics,
  renderOpenMetrics,
  wantsOpenMetrics,
} from './registry';
export { createLogger, setLogContext, type LogContext, type LoggerOptions } from './logger/logger';
export { NestLogger } from './logger/nest-logger';
export { redact, redactText } from './logger/redact';
export { currentSpan, currentTraceId, inSpan, type OpenSpan, tracing } from './tracing/spans';
export { onTracingTrouble, startTracing, stopTracing } from './tracing/start';
export type { TracingOptions } from './tracing/options';
