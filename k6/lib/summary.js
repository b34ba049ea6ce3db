import { setting } from './settings.js';

/**
 * @typedef {{ type: string, contains: string, values: Record<string, number>,
 *   thresholds?: Record<string, { ok: boolean }> }} Metric
 * @typedef {{ metrics: Record<string, Metric>, state?: { testRunDurationMs: number } }} Data what k6 hands over
 */

/** @param {Metric} metric @param {string} name @param {number} value */
function shown({ type, contains }, name, value) {
  if (type === 'rate' && name === 'rate') return `${(value * 100).toFixed(2)} %`;
  if (contains === 'time') return `${value.toFixed(1)} ms`;
  return name === 'rate' ? `${value.toFixed(1)}/s` : String(Math.round(value * 100) / 100);
}

/** @param {Data} data @returns {{ metric: string, rule: string, ok: boolean }[]} */
const verdicts = ({ metrics }) =>
  Object.entries(metrics).flatMap(([metric, { thresholds = {} }]) =>
    Object.entries(thresholds).map(([rule, { ok }]) => ({ metric, rule, ok })),
  );

/** @param {Data} data @returns {[string, string][]} */
const rows = ({ metrics }) =>
  Object.entries(metrics).map(([name, metric]) => [
    name,
    Object.entries(metric.values)
      .map(([stat, value]) => `${stat}=${shown(metric, stat, value)}`)
      .join('  '),
  ]);

/** @param {string} title @param {Data} data */
function text(title, data) {
  const width = Math.max(...Object.keys(data.metrics).map((name) => name.length), 1);
  const lines = [
    title,
    ...verdicts(data).map(({ metric, rule, ok }) => `  ${ok ? '✓' : '✗'} ${metric} ${rule}`),
    ...rows(data).map(([name, values]) => `  ${name.padEnd(width)}  ${values}`),
  ];
  return `\n${lines.join('\n')}\n`;
}

/** @param {unknown} value */
const escaped = (value) => String(value).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** @param {string} title @param {Data} data */
function html(title, data) {
  const rules = verdicts(data).map(
    ({ metric, rule, ok }) =>
      `<tr class="${ok ? 'ok' : 'bad'}"><td>${ok ? 'met' : 'missed'}</td><td>${escaped(metric)}</td><td>${escaped(rule)}</td></tr>`,
  );
  const values = rows(data).map(
    ([name, all]) => `<tr><td>${escaped(name)}</td><td>${escaped(all)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:15px system-ui;margin:2rem}td{padding:.2rem .8rem;border-bottom:1px solid #ddd}.ok td:first-child{color:#070}.bad td:first-child{color:#b00}</style></head>
<body><h1>${escaped(title)}</h1>
<h2>Thresholds</h2><table>${rules.join('\n')}</table>
<h2>Metrics</h2><table>${values.join('\n')}</table>
</body></html>
`;
}

/**
 * What k6 calls at the end. It prints, and leaves `k6-summary-<name>.json` and `.html` in the current folder, or in
 * the folder of `-e SUMMARY_DIR`, which has to exist.
 *
 * @param {string} name
 * @returns {(data: Data) => Record<string, string>}
 */
export const summary = (name) => (data) => {
  const seconds = Math.round((data.state?.testRunDurationMs ?? 0) / 1000);
  const title = `Prior, ${name}, ${seconds} s`;
  const file = `${setting('SUMMARY_DIR', '.')}/k6-summary-${name}`;
  return {
    stdout: text(title, data),
    [`${file}.json`]: JSON.stringify(data, null, 2),
    [`${file}.html`]: html(title, data),
  };
};
