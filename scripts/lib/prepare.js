'use strict';
const path = require('node:path');
const { build } = require('./build');
const { installDependencies, installSystemPackages } = require('./install');

/**
 * From a bare clone to something that can run: the servers' programs, the npm packages, the build.
 * @param {object} options
 * @param {string} options.root
 * @param {string} options.logs folder
 * @param {import('./steps').Steps} options.steps
 * @param {AbortSignal} [options.signal]
 * @param {import('./binaries').Program[]} options.needed by the servers that will be started here
 */
async function prepare({ root, logs, steps, signal, needed }) {
  const install = path.join(logs, 'install.log');
  if (needed.length > 0) {
    await steps.step('MariaDB and Redis', (note) =>
      installSystemPackages({ needed, root, log: install, note, signal }),
    );
  }
  await steps.step('npm packages', (note) => installDependencies({ root, log: install, note, signal }));
  const log = path.join(logs, 'build.log');
  await steps.step('build', async (note) => {
    if (!(await build({ root, log, signal }))) note('nothing has changed');
  });
}

module.exports = { prepare };
