'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/** A failure whose message is all that the reader needs: it is printed without a stack. */
class PlainError extends Error {}

/**
 * @param {string} file
 * @param {number} [count]
 * @param {number} [from] byte
 * @returns {string} its last lines
 */
function tail(file, count = 15, from = 0) {
  try {
    return fs.readFileSync(file).subarray(from).toString().trim().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {object} options
 * @param {string} options.cwd
 * @param {string} [options.log] its output goes to this file; without one it is shown
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {AbortSignal} [options.signal] ends the command
 * @returns {Promise<void>} rejects with the end of its output when it fails
 */
function run(command, args, { cwd, log, env = process.env, signal }) {
  return new Promise((resolve, reject) => {
    if (log) fs.mkdirSync(path.dirname(log), { recursive: true });
    const out = log ? fs.openSync(log, 'a') : 'inherit';
    const from = typeof out === 'number' ? fs.fstatSync(out).size : 0;
    const child = spawn(command, args, { cwd, env, signal, stdio: ['ignore', out, out] });
    if (typeof out === 'number') fs.closeSync(out);
    const shown = [path.basename(command), ...args].join(' ');
    child.once('error', (error) => {
      reject(
        error.name === 'AbortError'
          ? error
          : new PlainError(`${shown} could not be started: ${error.message}`),
      );
    });
    child.once('close', (code, by) => {
      if (code === 0) return resolve();
      const said = log ? `. The end of ${log}:\n${tail(log, 15, from)}` : '';
      reject(new PlainError(`${shown} failed (${by ?? `status ${code}`})${said}`));
    });
  });
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal }} options
 * @returns {Promise<string>} what it wrote to stdout
 */
function capture(command, args, { cwd, env = process.env, signal }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out.trim());
      else
        reject(new PlainError(`${path.basename(command)} ${args.join(' ')} failed:\n${(err || out).trim()}`));
    });
  });
}

/**
 * Runs a script's main function; a failure becomes one message and a status.
 * @param {() => Promise<void>} main
 */
function runMain(main) {
  // A reader that goes away (`| head`) must not end a start half-way, with servers left behind.
  process.stdout.on('error', () => {});
  main().catch((error) => {
    const plain = error instanceof PlainError || error?.name === 'AbortError';
    process.stderr.write(`\n${plain ? error.message : (error?.stack ?? error)}\n`);
    process.exitCode = 1;
  });
}

module.exports = { PlainError, run, capture, tail, runMain };
