'use strict';
/**
 * Grafana's panels in the few kinds that the dashboards use. Grafana's JSON says everything several times; here each
 * panel is its title, what it means, its unit and its queries.
 */

/**
 * @typedef {object} Options
 * @property {number} [target] where the report, or the service itself, draws the line
 * @property {boolean} [atLeast] the target is a lower bound
 * @property {boolean} [stacked]
 * @property {boolean} [exemplars] shows the requests behind a histogram's buckets
 * @property {number} [width] of 24
 * @property {number} [max] of the axis
 */
/** @typedef {[expression: string, legend: string]} Query */
/** @typedef {Record<string, unknown> & { type: string, title: string }} Panel */

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** @param {Query[]} queries @param {Options} options */
const targets = (queries, { exemplars = false }, instant = false) =>
  queries.map(([expr, legendFormat], i) => ({
    refId: String.fromCharCode(65 + i),
    datasource: DATASOURCE,
    expr,
    legendFormat,
    ...(instant && { instant: true }),
    ...(exemplars && { exemplar: true }),
  }));

/** @param {Options} options */
function thresholds({ target, atLeast = false }) {
  const [below, above] = atLeast ? ['red', 'green'] : ['green', 'red'];
  const steps =
    target === undefined
      ? [{ color: 'green', value: null }]
      : [
          { color: below, value: null },
          { color: above, value: target },
        ];
  return { mode: 'absolute', steps };
}

/**
 * Lines over time.
 * @param {string} title
 * @param {string} description
 * @param {string} unit Grafana's name for it: s, percentunit, reqps, ops, bytes, short, none
 * @param {Query[]} queries
 * @param {Options} [options]
 * @returns {Panel}
 */
const graph = (title, description, unit, queries, options = {}) => ({
  type: 'timeseries',
  title,
  description,
  datasource: DATASOURCE,
  gridPos: { w: options.width ?? 8, h: 8, x: 0, y: 0 },
  targets: targets(queries, options),
  fieldConfig: {
    defaults: {
      unit,
      min: 0,
      ...(options.max !== undefined && { max: options.max }),
      color: { mode: 'palette-classic' },
      thresholds: thresholds(options),
      custom: {
        drawStyle: 'line',
        lineWidth: 1,
        fillOpacity: options.stacked ? 30 : 5,
        showPoints: 'never',
        spanNulls: false,
        stacking: { mode: options.stacked ? 'normal' : 'none', group: 'A' },
        thresholdsStyle: { mode: options.target === undefined ? 'off' : 'line' },
      },
    },
    overrides: [],
  },
  options: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
});

/**
 * One number, green while it keeps its target.
 * @param {string} title
 * @param {string} description
 * @param {string} unit
 * @param {string} expr
 * @param {Options} [options]
 * @returns {Panel}
 */
const stat = (title, description, unit, expr, options = {}) => ({
  type: 'stat',
  title,
  description,
  datasource: DATASOURCE,
  gridPos: { w: options.width ?? 4, h: 4, x: 0, y: 0 },
  targets: targets([[expr, '']], options, true),
  fieldConfig: {
    defaults: { unit, color: { mode: 'thresholds' }, thresholds: thresholds(options), noValue: 'no data' },
    overrides: [],
  },
  options: {
    colorMode: 'value',
    graphMode: 'none',
    justifyMode: 'auto',
    orientation: 'auto',
    textMode: 'auto',
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  },
});

/** @param {string} title @returns {Panel} */
const row = (title) => ({
  type: 'row',
  title,
  collapsed: false,
  panels: [],
  gridPos: { w: 24, h: 1, x: 0, y: 0 },
});

/**
 * What fires now.
 * @param {string} title @param {string} description @param {number} width
 * @returns {Panel}
 */
const firing = (title, description, width) => ({
  type: 'alertlist',
  title,
  description,
  datasource: DATASOURCE,
  gridPos: { w: width, h: 8, x: 0, y: 0 },
  options: {
    alertInstanceLabelFilter: '{job=~"$job"}',
    groupMode: 'default',
    maxItems: 20,
    sortOrder: 3,
    stateFilter: { firing: true, pending: true, error: false, noData: false, normal: false },
    viewMode: 'list',
  },
});

module.exports = { graph, stat, row, firing, DATASOURCE };
