'use strict';
const { DATASOURCE } = require('./panel');

const COLUMNS = 24;

/**
 * Sets panels from left to right, line by line.
 * @param {import('./panel').Panel[]} panels
 */
function arrange(panels) {
  let x = 0;
  let y = 0;
  let height = 0;
  return panels.map((panel, i) => {
    const { w, h } = /** @type {{ w: number, h: number }} */ (panel.gridPos);
    if (x + w > COLUMNS) {
      y += height;
      x = 0;
      height = 0;
    }
    const placed = { id: i + 1, ...panel, gridPos: { x, y, w, h } };
    x += w;
    height = Math.max(height, h);
    return placed;
  });
}

/**
 * A variable filled from the label values of a metric, where everything is chosen at first.
 * @param {string} name @param {string} label @param {string} query
 */
const labelVariable = (name, label, query) => ({
  name,
  label,
  type: 'query',
  datasource: DATASOURCE,
  query: { query, refId: name },
  definition: query,
  refresh: 2,
  sort: 1,
  includeAll: true,
  allValue: '.*',
  multi: true,
  current: { selected: true, text: ['All'], value: ['$__all'] },
});

/**
 * @param {string} uid @param {string} title @param {string} description
 * @param {import('./panel').Panel[]} panels
 */
const dashboard = (uid, title, description, panels) => ({
  uid,
  title,
  description,
  tags: ['prior'],
  editable: true,
  graphTooltip: 1,
  schemaVersion: 39,
  version: 1,
  refresh: '30s',
  timezone: 'browser',
  time: { from: 'now-1h', to: 'now' },
  links: [
    {
      type: 'dashboards',
      title: 'Prior',
      icon: 'external link',
      tooltip: 'The other dashboards, for the same time',
      tags: ['prior'],
      asDropdown: true,
      includeVars: true,
      keepTime: true,
      targetBlank: false,
    },
  ],
  templating: {
    list: [
      {
        name: 'datasource',
        label: 'Data source',
        type: 'datasource',
        query: 'prometheus',
        refresh: 1,
        current: {},
        includeAll: false,
        multi: false,
      },
      labelVariable('job', 'Job', 'label_values(prior_processes, job)'),
      labelVariable('instance', 'Instance', 'label_values(prior_processes{job=~"$job"}, instance)'),
    ],
  },
  annotations: {
    list: [
      {
        name: 'Starts',
        datasource: DATASOURCE,
        enable: true,
        iconColor: 'blue',
        expr: 'changes(prior_start_time_seconds{job=~"$job",instance=~"$instance"}[1m]) > 0',
        titleFormat: 'Started',
        textFormat: '{{instance}}',
      },
    ],
  },
  panels: arrange(panels),
});

module.exports = { dashboard };
