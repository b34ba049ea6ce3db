'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const { getPriority, setPriority } = require('node:os');
const path = require('node:path');

/** Of a project that runs beside another: it gets what the other leaves, and some 10 % where that is nothing. */
const BESIDE_NICE = 10;
/** @param {number} pid */
function giveWay(pid) {
  try {
    setPriority(pid, Math.max(getPriority(pid), BESIDE_NICE));
  } catch {
    // Then it competes.
  }
}

/** A run that hangs (a server that was never closed) must not hang whoever waits for it. */
const LIMIT_MS = 20 * 60_000;

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed suites that could not be loaded, and runs that died, count as one failure each
 * @property {number} skipped
 */

/**
 * What a run came to.
 * @param {{ numPassedTests?: number, numFailedTests?: number, numPendingTests?: number, numTodoTests?: number,
 *   numRuntimeErrorTestSuites?: number } | undefined} report Jest's own JSON; undefined when it wrote none
 * @param {number} status of the process
 * @returns {Counts}
 */
function count(report, status) {
  const passed = report?.numPassedTests ?? 0;
  const failed = (report?.numFailedTests ?? 0) + (report?.numRuntimeErrorTestSuites ?? 0);
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  // A set-up that fails, or a teardown, ends Jest with a status and without a failed test.
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed, skipped };
}

/**
 * @param {Counts[]} all
 * @returns {Counts}
 */
const sum = (all) =>
  all.reduce(
    (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }),
    { passed: 0, failed: 0, skipped: 0 },
  );

/**
 * Runs one of Jest's projects to its end.
 * @param {object} options
 * @param {string} options.root
 * @param {string} options.project
 * @param {string[]} options.args more for Jest
 * @param {string} options.reports folder
 * @param {AbortSignal} [options.signal]
 * @param {boolean} [options.beside] another project: at a lower priority, and what it says comes when it has ended
 * @returns {Promise<Counts>}
 */
async function runProject({ root, project, args, reports, signal, beside = false }) {
  const file = path.join(reports, `${project}.json`);
  fs.mkdirSync(reports, { recursive: true });
  fs.rmSync(file, { force: true });
  const jest = path.join(root, 'node_modules/jest/bin/jest.js');
  const own = ['--selectProjects', project, '--passWithNoTests', '--json', `--outputFile=${file}`];
  // Suites of `checks` break servers and load the machine: one at a time. Those of `ops` mostly wait for other programs.
  const workers = { checks: ['--runInBand'], ops: ['--maxWorkers=3'] }[project] ?? ['--maxWorkers=2'];
  /** @type {Buffer[]} */
  const said = [];
  const status = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [jest, ...own, ...workers, ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', beside ? 'pipe' : 'inherit'],
    });
    child.stderr?.on('data', (chunk) => said.push(chunk));
    if (beside && child.pid !== undefined) giveWay(child.pid);
    const end = () => child.kill('SIGTERM');
    const timer = setTimeout(() => {
      process.stderr.write(`\n${project}: ended after ${LIMIT_MS / 60_000} minutes\n`);
      child.kill('SIGKILL');
    }, LIMIT_MS);
    signal?.addEventListener('abort', end);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve(code ?? 1);
    });
  });
  if (beside) process.stderr.write(`\n${project}\n${Buffer.concat(said).toString()}`);
  const report = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
  return count(report, status);
}

module.exports = { count, sum, runProject };
