'use strict';
/**
 * npm test [-- --projects unit,e2e,checks,trials,ops] [--as-installed] [-- PATH or options of Jest]
 *
 * From a bare clone: installs, builds, runs every suite against servers of its own, leaves nothing behind, and ends
 * with one line: N passed, N failed. With `--as-installed` it neither installs nor builds, for a run beside another.
 */
require('./lib/node-version').checkNode();
const fs = require('node:fs');
const path = require('node:path');
const { DATABASE, OPERATIONS, REDIS } = require('./lib/binaries');
const { runProject, sum } = require('./lib/jest');
const { prepare } = require('./lib/prepare');
const { PlainError, runMain } = require('./lib/run');
const { Steps } = require('./lib/steps');
const { sweepTestServers } = require('./lib/test-servers');

const PROJECTS = ['unit', 'e2e', 'checks', 'trials'];
/** `ops` needs programs that the application itself does not: npm run test:ops. */
const ALL = [...PROJECTS, 'ops'];
const root = path.resolve(__dirname, '..');

function readArgs() {
  const args = process.argv.slice(2);
  const as = args.indexOf('--as-installed');
  const asInstalled = as >= 0 && args.splice(as, 1).length > 0;
  const at = args.indexOf('--projects');
  const projects = at < 0 ? PROJECTS : (args.splice(at, 2)[1] ?? '').split(',');
  const unknown = projects.filter((name) => !ALL.includes(name));
  if (unknown.length > 0)
    throw new PlainError(`--projects takes ${ALL.join(',')} (not ${unknown.join(',')})`);
  return { projects, args, asInstalled };
}

/** Half of what `checks` take is waiting: `trials`, which do not mind company, run meanwhile. */
function inTurn(/** @type {string[]} */ projects) {
  const both = ['checks', 'trials'].every((name) => projects.includes(name));
  if (!both) return projects.map((name) => [name]);
  return projects
    .filter((name) => name !== 'trials')
    .map((name) => (name === 'checks' ? [name, 'trials'] : [name]));
}

runMain(async () => {
  const { projects, args, asInstalled } = readArgs();
  const abort = new AbortController();
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(name, () => abort.abort(new PlainError('Stopped.')));
  }
  const logs = path.join(root, '.local', 'logs');
  const reports = path.join(root, '.local', 'reports', String(process.pid));
  // `checks` break servers, so they have their own whatever is given.
  const servers = projects.some((name) => name !== 'unit');
  const needed = servers ? [...DATABASE, ...REDIS] : [];
  if (projects.includes('ops')) needed.push(...OPERATIONS);
  if (!asInstalled) await prepare({ root, logs, steps: new Steps(), signal: abort.signal, needed });
  const counts = [];
  try {
    for (const together of inTurn(projects)) {
      abort.signal.throwIfAborted();
      process.stdout.write(`\n${together[0]}\n`);
      const run = (/** @type {string} */ project, /** @type {number} */ at) =>
        runProject({ root, project, args, reports, signal: abort.signal, beside: at > 0 });
      counts.push(...(await Promise.all(together.map(run))));
    }
  } finally {
    // Jest that was killed could not tear down what its set-up had started.
    if (servers) await sweepTestServers();
    fs.rmSync(reports, { recursive: true, force: true });
  }
  const { passed, failed, skipped } = sum(counts);
  if (skipped > 0) process.stdout.write(`${skipped} skipped\n`);
  if (passed + failed === 0) process.stdout.write('No test ran.\n');
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
});
