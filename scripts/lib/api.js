'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const proc = require('./proc');
const { PlainError, tail } = require('./run');

/**
 * Starts the API in cluster mode, in a process group of its own: Ctrl-C on the terminal must not reach it directly.
 * @param {{ root: string, env: NodeJS.ProcessEnv, log: string }} options
 * @returns {import('./proc').Proc}
 */
function startApi({ root, env, log }) {
  fs.mkdirSync(path.dirname(log), { recursive: true });
  const out = fs.openSync(log, 'a');
  const script = path.join(root, 'dist/apps/api/src/cluster.js');
  const child = spawn(process.execPath, [script], {
    cwd: root,
    env,
    stdio: ['ignore', out, out],
    detached: true,
  });
  fs.closeSync(out);
  child.on('error', () => {});
  child.unref();
  return proc.describe(child.pid);
}

/**
 * @param {string} url
 * @returns {Promise<number | undefined>} the status, undefined when nobody answers within 2 s
 */
function statusOf(url) {
  return new Promise((resolve) => {
    const request = http.get(url, { timeout: 2000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

/**
 * @param {{ url: string, api: import('./proc').Proc, log: string, from: number, signal?: AbortSignal, limitMs?: number }} options
 *   from: where this run's lines begin in the log
 */
async function waitUntilReady({ url, api, log, from, signal, limitMs = 120_000 }) {
  const end = Date.now() + limitMs;
  for (;;) {
    signal?.throwIfAborted();
    const status = await statusOf(`${url}/health/ready`);
    if (status === 200) return;
    if (!proc.isAlive(api))
      throw new PlainError(`The API did not start. The end of ${log}:\n${tail(log, 15, from)}`);
    if (Date.now() > end) {
      const answer = status === undefined ? 'no answer' : `status ${status}`;
      throw new PlainError(
        `The API is not ready after ${limitMs / 1000} s (${answer} from ${url}/health/ready). ` +
          `The end of ${log}:\n${tail(log, 15, from)}`,
      );
    }
    await proc.sleep(100);
  }
}

module.exports = { startApi, statusOf, waitUntilReady };
