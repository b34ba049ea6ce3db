import {
  AggregatorRegistry,
  type Metric as PromMetric,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client';

/** The process's own registry. prom-client's global one is left alone: libraries may fill it with anything. */
export const registry = new Registry();

/** Content type of {@link renderMetrics} and {@link mergeMetrics}: the Prometheus text format. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Content type of {@link renderOpenMetrics}. */
export const OPENMETRICS_CONTENT_TYPE = Registry.OPENMETRICS_CONTENT_TYPE;

/** This process's metrics as Prometheus text. */
export const renderMetrics = (): Promise<string> => registry.metrics();

/**
 * This process's metrics as OpenMetrics text, which alone has exemplars. A registry that writes OpenMetrics takes
 * `_total` off its counters' names for good, so it gets stand-ins.
 */
export function renderOpenMetrics(): Promise<string> {
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray() as unknown as Metric[]) {
    const { help, type } = metric;
    const get = async () => ({ ...(await metric.get()), name: standIn.name });
    const standIn = { name: metric.name, help, type, get };
    open.registerMetric(standIn as unknown as PromMetric);
  }
  return open.metrics();
}

/** Whether a scraper that sends this Accept header takes OpenMetrics and does not like plain text better. */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  const quality = (type: string): number =>
    Math.max(
      0,
      ...(accept ?? '')
        .split(',')
        .filter((item) => item.trim().startsWith(type))
        .map((item) => Number(/;\s*q=([\d.]+)/.exec(item)?.[1] ?? 1)),
    );
  const open = quality('application/openmetrics-text');
  return open > 0 && open >= quality('text/plain');
}

/** What the registry asks of a metric when it writes it. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  get(): Promise<object>;
}

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
