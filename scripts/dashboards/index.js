'use strict';
/** Every dashboard by the name of its file in deploy/grafana/dashboards. `npm run dashboards` writes them. */
const fs = require('node:fs');
const path = require('node:path');

const FOLDER = path.join(__dirname, '../../deploy/grafana/dashboards');

/** @type {Record<string, object>} */
const dashboards = {
  'overview.json': require('./overview'),
  'cache.json': require('./cache'),
  'database.json': require('./database'),
  'traffic.json': require('./traffic'),
  'runtime.json': require('./runtime'),
};

/** @param {object} dashboard */
const textOf = (dashboard) => `${JSON.stringify(dashboard, null, 2)}\n`;

if (require.main === module) {
  for (const [name, dashboard] of Object.entries(dashboards))
    fs.writeFileSync(path.join(FOLDER, name), textOf(dashboard));
}

module.exports = { dashboards, textOf, FOLDER };
