'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { need } = require('./binaries');
const proc = require('./proc');

/**
 * One command over a socket of its own: enough for PING, SAVE and FLUSHALL before any npm package is there.
 * @param {{ host: string, port: number, password?: string }} where
 * @param {string[]} command
 * @returns {Promise<string>} a status, a number, or a string of one line; '-1' for nil
 */
function redisCommand({ host, port, password }, command) {
  const commands = password ? [['AUTH', password], command] : [command];
  const encode = (/** @type {string[]} */ words) =>
    `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    let text = '';
    const fail = (/** @type {Error} */ error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(10_000, () => fail(new Error(`Redis on port ${port} does not answer`)));
    socket.once('error', fail);
    socket.once('close', () => fail(new Error(`Redis on port ${port} closed the connection`)));
    socket.write(commands.map(encode).join(''));
    socket.on('data', (chunk) => {
      text += chunk;
      const lines = text.split('\r\n');
      const first = lines[commands.length - 1] ?? '';
      const isText = first.startsWith('$') && first !== '$-1';
      if (lines.length <= commands.length + (isText ? 1 : 0)) return;
      const error = lines.slice(0, commands.length).find((line) => line.startsWith('-'));
      if (error) return fail(new Error(`Redis: ${error.slice(1)}`));
      socket.destroy();
      resolve(isText ? (lines[commands.length] ?? '') : first.slice(1));
    });
  });
}

/**
 * @typedef {object} RedisState what is written down about it
 * @property {string} dir
 * @property {number} port
 * @property {string} [password]
 * @property {readonly string[]} [config] further lines of its configuration
 * @property {import('./proc').Proc} [proc]
 */

/** A private Redis without persistence: it is a cache. Snapshots are taken by hand, for tests. */
class RedisServer {
  /**
   * @param {RedisState} state
   * @param {() => void} [changed] called when there is something new to write down
   */
  constructor(state, changed = () => {}) {
    this.state = state;
    this.changed = changed;
    this.name = 'redis';
    this.host = '127.0.0.1';
    this.port = state.port;
    this.password = state.password;
    // redis-cli 7.0 takes an empty user for a name and is refused, so Redis's own one is named.
    this.url = `redis://${state.password ? `default:${state.password}@` : ''}127.0.0.1:${state.port}`;
    this.log = path.join(state.dir, 'redis.log');
  }

  get pid() {
    return this.state.proc?.pid;
  }

  isAlive() {
    return proc.isAlive(this.state.proc);
  }

  /** @param {string[]} words */
  command(...words) {
    return redisCommand(this, words);
  }

  /** Starts it and waits until it answers. Does nothing when it runs already. */
  async start() {
    if (this.isAlive()) return;
    const { dir, port, password } = this.state;
    // In a file and not in the arguments: those are shown to every user of the machine.
    const config = [
      'bind 127.0.0.1',
      `port ${port}`,
      `dir ${JSON.stringify(dir)}`,
      'save ""',
      'appendonly no',
      'maxmemory 256mb',
      'maxmemory-policy allkeys-lru',
      'daemonize no',
      ...(password ? [`requirepass ${password}`] : []),
      ...(this.state.config ?? []),
    ];
    fs.writeFileSync(path.join(dir, 'redis.conf'), `${config.join('\n')}\n`, { mode: 0o600 });
    const out = fs.openSync(this.log, 'a');
    const from = fs.fstatSync(out).size;
    const args = [path.join(dir, 'redis.conf')];
    const child = spawn(need('redis-server'), args, {
      stdio: ['ignore', out, out],
      detached: true,
      cwd: dir,
    });
    fs.closeSync(out);
    child.on('error', () => {});
    child.unref();
    this.state.proc = proc.describe(child.pid);
    this.changed();
    const end = Date.now() + 30_000;
    while (!(await this.#answers())) {
      const tail = () =>
        fs.readFileSync(this.log).subarray(from).toString().trim().split('\n').slice(-4).join('\n');
      if (!this.isAlive()) throw new Error(`Redis did not start. The end of ${this.log}:\n${tail()}`);
      if (Date.now() > end) throw new Error(`Redis does not answer on port ${port}; see ${this.log}`);
      await proc.sleep(20);
    }
  }

  async #answers() {
    return this.command('PING').then(
      () => true,
      () => false,
    );
  }

  async stop() {
    await proc.stopProcess(this.state.proc);
  }

  /** Ends it without a word: no connection is closed in order, nothing is saved. */
  async kill() {
    await proc.stopProcess(this.state.proc, { first: 'SIGKILL' });
  }

  /** It keeps its connections and answers nothing (SIGSTOP). */
  pause() {
    proc.pause(this.state.proc);
  }

  resume() {
    proc.signal(this.state.proc, 'SIGCONT');
  }

  /** Keeps what it holds now, for a later `restart({ from: 'snapshot' })`. */
  async snapshot() {
    await this.command('SAVE');
    fs.renameSync(path.join(this.state.dir, 'dump.rdb'), path.join(this.state.dir, 'snapshot.rdb'));
  }

  /**
   * @param {{ from?: 'empty' | 'snapshot' }} [options] what it holds afterwards; a snapshot is older data
   */
  async restart({ from = 'empty' } = {}) {
    await this.kill();
    const dump = path.join(this.state.dir, 'dump.rdb');
    fs.rmSync(dump, { force: true });
    if (from === 'snapshot') fs.copyFileSync(path.join(this.state.dir, 'snapshot.rdb'), dump);
    await this.start();
  }
}

module.exports = { RedisServer, redisCommand };
