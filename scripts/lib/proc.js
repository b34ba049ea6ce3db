'use strict';
/**
 * Processes by identity. A pid alone names nobody: after a crash or a reboot another program may have it.
 * So every pid that is written down is written with its start time, and only a process that still has
 * both is ever signalled.
 */
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');

/** @typedef {{ pid: number, started: string }} Proc */

/**
 * When the process was started, as an opaque string that is unique on this machine together with the pid.
 * @param {number} pid
 * @returns {string | undefined} undefined when there is no such process, or only its unreaped remains
 */
function startOf(pid) {
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  if (process.platform === 'linux') {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The second field is the program's name in brackets and may itself hold spaces and brackets.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // After a SIGKILL the first thread may be a zombie while others still end and hold files and ports open.
      const gone = fields[0] === 'X' || (fields[0] === 'Z' && fs.readdirSync(`/proc/${pid}/task`).length < 2);
      if (gone) return undefined;
      return `${fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
    } catch {
      return undefined;
    }
  }
  try {
    const out = execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [state, ...rest] = out.toString().trim().split(/\s+/);
    return state?.startsWith('Z') ? undefined : rest.join(' ') || undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {number | undefined} pid of a process that was just started
 * @returns {Proc}
 */
function describe(pid) {
  const started = pid === undefined ? undefined : startOf(pid);
  if (pid === undefined || started === undefined) throw new Error('the process ended at once');
  return { pid, started };
}

/**
 * @param {Proc | undefined} proc
 * @returns {boolean} true only for the very process that was described
 */
function isAlive(proc) {
  return proc !== undefined && typeof proc.started === 'string' && startOf(proc.pid) === proc.started;
}

/**
 * Sends a signal to that process, and to nothing else.
 * @param {Proc | undefined} proc
 * @param {NodeJS.Signals} signal
 * @returns {boolean} false when it is gone
 */
function signal(proc, signal) {
  if (!proc || !isAlive(proc)) return false;
  try {
    process.kill(proc.pid, signal);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false;
    throw error;
  }
}

/** The longest that threads in the middle of something take to stop, ms. */
const STOPPED_WITHIN_MS = 5_000;

/**
 * Stops a process (SIGSTOP) and returns when none of its threads runs any more: the signal is only sent at first, and on
 * a busy machine a server may still answer after it. Blocks, so that nothing happens in between.
 * @param {Proc | undefined} proc
 * @returns {boolean} false when it is gone
 */
function pause(proc) {
  if (!signal(proc, 'SIGSTOP')) return false;
  if (process.platform !== 'linux' || !proc) return true;
  const moment = new Int32Array(new SharedArrayBuffer(4));
  for (const end = Date.now() + STOPPED_WITHIN_MS; Date.now() < end && !isStopped(proc.pid);) {
    Atomics.wait(moment, 0, 0, 1);
  }
  return true;
}

/** @param {number} pid */
function isStopped(pid) {
  try {
    return fs.readdirSync(`/proc/${pid}/task`).every((thread) => {
      const stat = fs.readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
    });
  } catch {
    return false; // a thread that ended meanwhile
  }
}

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {Proc | undefined} proc
 * @param {number} ms how long to wait
 * @returns {Promise<boolean>} true once it has ended
 */
async function waitForExit(proc, ms) {
  const end = Date.now() + ms;
  while (isAlive(proc)) {
    if (Date.now() > end) return false;
    await sleep(20);
  }
  return true;
}

/**
 * Asks a process to end, and makes it end when it does not.
 * @param {Proc | undefined} proc
 * @param {{ graceMs?: number, first?: NodeJS.Signals }} [options]
 */
async function stopProcess(proc, { graceMs = 20_000, first = 'SIGTERM' } = {}) {
  if (!signal(proc, first)) return;
  // A process that was stopped with SIGSTOP sees SIGTERM only after it goes on.
  signal(proc, 'SIGCONT');
  if (await waitForExit(proc, graceMs)) return;
  signal(proc, 'SIGKILL');
  if (!(await waitForExit(proc, 10_000)))
    throw new Error(`process ${proc?.pid} does not end, not even by SIGKILL`);
}

module.exports = { startOf, describe, isAlive, pause, signal, sleep, waitForExit, stopProcess };
