'use strict';
/**
 * What is written down under .local/ about a run of `up`: `up.lock` names the process that starts or supervises it,
 * `up.json` what it started. Both name processes by pid and start time.
 */
const fs = require('node:fs');
const path = require('node:path');
const proc = require('./proc');
const { PlainError } = require('./run');
const { attachServers, readState } = require('./servers');

/**
 * @typedef {object} UpState
 * @property {boolean} [detached]
 * @property {boolean} [ready]
 * @property {import('./proc').Proc} [api] the cluster's primary process
 * @property {Record<string, string>} [env] what `up` decided about the environment
 * @property {string} [jwtSecret] kept from run to run, so that tokens stay valid
 * @property {boolean} [seeding] a seed has begun and not ended
 */

/** @param {string} root */
function folders(root) {
  const local = process.env.PRIOR_LOCAL ? path.resolve(process.env.PRIOR_LOCAL) : path.join(root, '.local');
  return {
    local,
    logs: path.join(local, 'logs'),
    servers: path.join(local, 'servers'),
    /** Where only Redis is private; apart, so that the private databases' folder keeps its own state. */
    redisOnly: path.join(local, 'redis-only'),
  };
}

class UpFiles {
  /** @param {string} root */
  constructor(root) {
    this.folders = folders(root);
    this.lock = path.join(this.folders.local, 'up.lock');
    this.file = path.join(this.folders.local, 'up.json');
  }

  /** @returns {UpState} */
  read() {
    return this.#json(this.file) ?? {};
  }

  /** @param {UpState} state */
  write(state) {
    fs.writeFileSync(`${this.file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
    fs.renameSync(`${this.file}.new`, this.file);
  }

  /** @param {UpState} change @returns {UpState} */
  update(change) {
    const state = { ...this.read(), ...change };
    this.write(state);
    return state;
  }

  /** @param {string} file */
  #json(file) {
    try {
      return JSON.parse(fs.readFileSync(file, 'utf8'));
    } catch (error) {
      const code = /** @type {NodeJS.ErrnoException} */ (error).code;
      if (code === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** @returns {import('./proc').Proc | undefined} the living process that starts or supervises a run */
  owner() {
    const owner = this.#json(this.lock);
    return proc.isAlive(owner) ? owner : undefined;
  }

  /**
   * Makes this process the owner.
   * @throws PlainError when another `up` is at work
   */
  acquire() {
    fs.mkdirSync(this.folders.local, { recursive: true, mode: 0o700 });
    const text = JSON.stringify(proc.describe(process.pid));
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        fs.writeFileSync(this.lock, text, { flag: 'wx' });
        return;
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      }
      const owner = this.owner();
      if (owner) throw new PlainError(`Another \`npm run up\` is at work here (process ${owner.pid}).`);
      fs.rmSync(this.lock, { force: true });
    }
    throw new PlainError(`${this.lock} cannot be taken. Delete it when no \`npm run up\` is at work.`);
  }

  release() {
    if (this.owner()?.pid === process.pid) fs.rmSync(this.lock, { force: true });
  }

  /** @returns {import('./servers').Servers[]} those with a living process */
  livingServers() {
    return [this.folders.servers, this.folders.redisOnly]
      .filter((dir) => readState(dir))
      .map((dir) => attachServers(dir))
      .filter((servers) => servers.pids.length > 0);
  }

  /** @returns {'running' | 'starting' | 'remains' | 'nothing'} remains: of a run that was killed */
  status() {
    const { detached, ready, api } = this.read();
    const apiLives = proc.isAlive(api);
    if (this.owner()) return ready && apiLives ? 'running' : 'starting';
    if (detached && ready && apiLives) return 'running';
    return apiLives || this.livingServers().length > 0 ? 'remains' : 'nothing';
  }

  /** Stops the API, then the servers under it. */
  async stopAll() {
    const { api } = this.read();
    // Longer than the API's own grace (SHUTDOWN_GRACE_MS): it ends requests in flight first.
    await proc.stopProcess(api, { graceMs: 20_000 });
    for (const servers of this.livingServers()) await servers.stop();
    if (fs.existsSync(this.file)) this.update({ api: undefined, ready: false, detached: false });
  }
}

module.exports = { UpFiles };
