'use strict';
const fs = require('node:fs');
const path = require('node:path');

/** Folders that hold servers but are often missing in a plain user's PATH. */
const EXTRA = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/usr/local/opt/mariadb/bin',
];

/** What has to be there to start private servers or to try what surrounds them, by the package that brings it. */
const NEEDED = {
  mariadbd: { apt: 'mariadb-server-core', brew: 'mariadb' },
  'mariadb-install-db': { apt: 'mariadb-server-core', brew: 'mariadb' },
  mariadb: { apt: 'mariadb-client-core', brew: 'mariadb' },
  'mariadb-dump': { apt: 'mariadb-client', brew: 'mariadb' },
  'redis-server': { apt: 'redis-server', brew: 'redis' },
  prometheus: { apt: 'prometheus', brew: 'prometheus' },
  promtool: { apt: 'prometheus', brew: 'prometheus' },
  'prometheus-mysqld-exporter': { apt: 'prometheus-mysqld-exporter', brew: 'mysqld_exporter' },
  'prometheus-redis-exporter': { apt: 'prometheus-redis-exporter', brew: 'redis_exporter' },
  varnishd: { apt: 'varnish', brew: 'varnish' },
  nginx: { apt: 'nginx-light', brew: 'nginx' },
  chromium: { apt: 'chromium', brew: 'chromium' },
};

/**
 * @param {string} name
 * @returns {string | undefined} its full path
 */
function which(name) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...EXTRA].filter(Boolean);
  return folders
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

/** @typedef {keyof typeof NEEDED} Program */

/** What a private database needs, and what a private Redis needs. */
const DATABASE = /** @type {Program[]} */ (['mariadbd', 'mariadb-install-db', 'mariadb']);
const REDIS = /** @type {Program[]} */ (['redis-server']);
/** What the suites of `npm run test:ops` start beside them. */
const OPERATIONS = /** @type {Program[]} */ ([
  'mariadb-dump',
  'prometheus',
  'promtool',
  'prometheus-mysqld-exporter',
  'prometheus-redis-exporter',
  'varnishd',
  'nginx',
  'chromium',
]);

/** @param {Program[]} programs @returns {Program[]} those that are not installed */
const missing = (programs) => programs.filter((name) => !which(name));

/**
 * @param {(keyof typeof NEEDED)} name
 * @returns {string} its full path
 * @throws when it is not installed, with the command that installs it
 */
function need(name) {
  const found = which(name);
  if (found) return found;
  throw new Error(`${name} is not installed. Install it with:\n  ${installCommand([name])}`);
}

/**
 * @param {(keyof typeof NEEDED)[]} names
 * @param {NodeJS.Platform} [platform]
 * @returns {string} the command that installs the packages of these programs
 */
function installCommand(names, platform = process.platform) {
  const kind = platform === 'darwin' ? 'brew' : 'apt';
  const packages = [...new Set(names.map((name) => NEEDED[name][kind]))].join(' ');
  return kind === 'brew'
    ? `brew install ${packages}`
    : `sudo apt-get install --no-install-recommends ${packages}`;
}

module.exports = { which, missing, need, installCommand, NEEDED, DATABASE, REDIS, OPERATIONS };
