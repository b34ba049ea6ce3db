'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { run } = require('./run');

const SOURCES = ['apps', 'libs', 'migrations', '.swcrc', 'package.json', 'package-lock.json'];
const MARK = 'dist/.built';

/**
 * @param {string} root
 * @param {string[]} names
 * @returns {string} another one as soon as a file below these names was changed, added or removed
 */
function fingerprint(root, names) {
  const hash = createHash('sha1');
  const look = (/** @type {string} */ name) => {
    const stat = fs.statSync(path.join(root, name), { throwIfNoEntry: false });
    if (!stat || name === MARK) return;
    if (stat.isDirectory())
      for (const entry of fs.readdirSync(path.join(root, name)).sort()) look(`${name}/${entry}`);
    else hash.update(`${name} ${stat.size} ${stat.mtimeMs}\n`);
  };
  names.forEach(look);
  return hash.digest('hex');
}

/**
 * Builds, unless nothing has changed since the last call: a build rewrites all files, also under a process that is just
 * loading them.
 * @param {{ root: string, log?: string, signal?: AbortSignal }} options log: file for the output, else it is shown
 * @returns {Promise<boolean>} false when there was nothing to do
 */
async function build({ root, log, signal }) {
  const mark = path.join(root, MARK);
  // From before the build: what is saved while it runs is built the next time.
  const sources = fingerprint(root, SOURCES);
  const state = () => `${sources} ${fingerprint(root, ['dist'])}`;
  if (fs.existsSync(mark) && fs.readFileSync(mark, 'utf8') === state()) return false;
  await run('npm', ['run', '--silent', 'build'], { cwd: root, log, signal });
  fs.writeFileSync(mark, state());
  return true;
}

module.exports = { build };
