/** What the page makes of two readings of /metrics: rates from counters, quantiles from histograms. */

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;
const UNESCAPED = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/**
 * Reads the text format of Prometheus.
 *
 * @returns {Map<string, { labels: Record<string, string>, value: number }[]>} series by metric
 */
export function parse(text) {
  const families = new Map();
  for (const line of text.split('\n')) {
    const found = line.startsWith('#') ? null : LINE.exec(line);
    if (!found) continue;
    const labels = {};
    for (const [, name, value] of (found[2] ?? '').matchAll(LABEL))
      labels[name] = value.replace(/\\[n"\\]/g, (pair) => UNESCAPED[pair]);
    if (!families.has(found[1])) families.set(found[1], []);
    families.get(found[1]).push({ labels, value: Number(found[3].replace('Inf', 'Infinity')) });
  }
  return families;
}

const fits = (labels, wanted) =>
  Object.entries(wanted).every(([name, value]) =>
    typeof value === 'function' ? value(labels[name]) : labels[name] === value,
  );

/** The series of a metric whose labels are as wanted: a text, or a function that says yes. */
export const seriesOf = (reading, metric, wanted = {}) =>
  (reading.families.get(metric) ?? []).filter(({ labels }) => fits(labels, wanted));

/** Sum of a metric's series; undefined when there is none, which is not 0. */
export function sum(reading, metric, wanted) {
  const series = seriesOf(reading, metric, wanted);
  return series.length === 0 ? undefined : series.reduce((total, { value }) => total + value, 0);
}

const keyOf = (labels) => JSON.stringify(Object.entries(labels).sort());

/** How much each series of a counter grew. One that went back was added up over other processes: that says nothing. */
export function growths(before, after, metric, wanted) {
  const old = new Map(seriesOf(before, metric, wanted).map(({ labels, value }) => [keyOf(labels), value]));
  return seriesOf(after, metric, wanted).map(({ labels, value }) => ({
    labels,
    grown: Math.max(0, value - (old.get(keyOf(labels)) ?? 0)),
  }));
}

/** Growth of a counter per second, over all series. */
export function rate(before, after, metric, wanted) {
  const grown = growths(before, after, metric, wanted).reduce((total, one) => total + one.grown, 0);
  return grown / ((after.at - before.at) / 1000);
}

/**
 * A quantile of what a histogram observed between two readings, as Prometheus' histogram_quantile() computes it.
 *
 * @returns {number | undefined} seconds; undefined when nothing was observed
 */
export function quantile(before, after, metric, q, wanted) {
  const byBound = new Map();
  for (const { labels, grown } of growths(before, after, `${metric}_bucket`, wanted)) {
    const bound = labels.le === '+Inf' ? Infinity : Number(labels.le);
    byBound.set(bound, (byBound.get(bound) ?? 0) + grown);
  }
  const buckets = [...byBound].sort(([a], [b]) => a - b);
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total === 0) return undefined;
  const rank = q * total;
  const at = buckets.findIndex(([, count]) => count >= rank);
  const [lower, below] = at > 0 ? buckets[at - 1] : [0, 0];
  const [upper, count] = buckets[at];
  if (upper === Infinity) return lower;
  return lower + (upper - lower) * ((rank - below) / (count - below));
}
