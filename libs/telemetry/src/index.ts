export { metrics } from './metrics';
export { watchRuntime } from './metrics/runtime';
export { type Cell } from './counter';
export { Distribution } from './histogram';
export {
  mergeMetrics,
  METRICS_CONTENT_TYPE,
  metricsSnapshot,
  OPENMETRICS_CONTENT_TYPE,
  renderMetrics,
  renderOpenMetrics,
  wantsOpenMetrics,
} from './registry';
export { createLogger, setLogContext, type LogContext, type LoggerOptions } from './logger/logger';
export { NestLogger } from './logger/nest-logger';
export { currentSpan, currentTraceId, inSpan, type OpenSpan, tracing } from './tracing/spans';
export { onTracingTrouble, startTracing, stopTracing } from './tracing/start';
export type { TracingOptions } from './tracing/options';
