import { AggregatorRegistry, Registry } from 'prom-client';

/** The process's own registry. prom-client's global one is left alone: libraries may fill it with anything. */
export const registry = new Registry();

/** Content type of {@link renderMetrics} and {@link mergeMetrics}: the Prometheus text format. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** This process's metrics as Prometheus text. */
export const renderMetrics = (): Promise<string> => registry.metrics();

/** This process's metrics as plain data: what a worker sends to the process that merges them. */
export const metricsSnapshot = (): Promise<object> => registry.getMetricsAsJSON();

/**
 * Merges the snapshots of several workers into one Prometheus text. Each metric declares how it is merged
 * (counters and sizes are summed, lags take the worst worker).
 *
 * @param snapshots results of {@link metricsSnapshot}, one for each worker
 */
export const mergeMetrics = (snapshots: object[]): Promise<string> =>
  AggregatorRegistry.aggregate(snapshots).metrics();
