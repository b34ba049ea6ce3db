'use strict';
/**
 * Private servers: a MariaDB primary with GTID replicas and a Redis, in one folder, on free ports.
 * Needs no npm package, so that it runs from a bare clone.
 */
const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { need } = require('./binaries');
const { MariaServer, makeTemplate } = require('./mariadb');
const { RedisServer } = require('./redis');
const { copyToReplicas } = require('./replica-copy');
const { choosePorts } = require('./ports');
const proc = require('./proc');

/**
 * @typedef {object} State `servers.json`: enough to find, use and stop the servers from any process
 * @property {string} dir
 * @property {import('./mariadb').MariaState[]} maria the primary first
 * @property {import('./redis').RedisState} [redis]
 * @property {import('./proc').Proc} [owner] the process that has to stop them
 * @property {boolean} [filled] all data directories are whole
 * @property {boolean} [copy] the replicas are to be made copies of the primary before anybody uses them
 */

/** @param {string} dir */
const stateFile = (dir) => path.join(dir, 'servers.json');

/**
 * @param {string} dir
 * @returns {State | undefined} undefined when no servers were ever made there
 */
function readState(dir) {
  try {
    return JSON.parse(fs.readFileSync(stateFile(dir), 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw new Error(`${stateFile(dir)} cannot be read (${error}). Delete the folder ${dir} to begin anew.`);
  }
}

/** @param {State} state */
function writeState(state) {
  const file = stateFile(state.dir);
  fs.writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}

/** The servers of one folder. */
class Servers {
  /** @param {State} state */
  constructor(state) {
    this.state = state;
    const changed = () => this.update();
    const maria = state.maria.map((one) => new MariaServer(one, changed));
    this.dir = state.dir;
    /** @type {MariaServer} */
    this.primary = /** @type {MariaServer} */ (maria[0]);
    this.replicas = maria.slice(1);
    this.redis = state.redis && new RedisServer(state.redis, changed);
  }

  /** Writes down what has changed. @param {Partial<State>} [changes] */
  update(changes = {}) {
    writeState(Object.assign(this.state, changes));
  }

  /** @returns {(MariaServer | RedisServer)[]} */
  all() {
    return [...(this.primary ? [this.primary] : []), ...this.replicas, ...(this.redis ? [this.redis] : [])];
  }

  get pids() {
    return this.all().flatMap((one) => (one.pid && one.isAlive() ? [one.pid] : []));
  }

  /**
   * @param {string} name primary, replica1, replica2 …, redis
   * @returns {MariaServer | RedisServer}
   */
  get(name) {
    const found = this.all().find((one) => one.name === name);
    if (!found)
      throw new Error(
        `no server is called ${name}; there are ${this.all()
          .map((one) => one.name)
          .join(', ')}`,
      );
    return found;
  }

  /**
   * Waits until every replica has applied what the primary holds now.
   * @param {AbortSignal} [signal] ends the waiting
   * @throws when one of them has not come on for 30 s
   */
  async sync(signal) {
    const position = (await this.primary.sql('SELECT @@gtid_binlog_pos'))[0]?.[0] ?? '';
    await Promise.all(this.replicas.map((replica) => replica.reach(position, signal)));
  }

  /**
   * Stops them all, the replicas before their source.
   * @param {{ discard?: boolean }} [options] discard: no orderly end, and the folder is deleted
   */
  async stop({ discard = false } = {}) {
    const end = (/** @type {MariaServer | RedisServer} */ one) => (discard ? one.kill() : one.stop());
    await Promise.all([...this.replicas, ...(this.redis ? [this.redis] : [])].map(end));
    if (this.primary) await end(this.primary);
    if (discard) fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

/**
 * @typedef {object} Options
 * @property {string} dir theirs alone; made when missing, reused with its data when there
 * @property {number} [replicas] 2 by default; -1 for no database at all
 * @property {boolean} [redis] true by default
 * @property {{ primary?: number, replicas?: number[], redis?: number }} [ports] wishes; a busy one is replaced
 * @property {'up' | 'test'} [profile] `up`: durable; `test`: fast, fixed passwords. See PROFILES
 * @property {string} [template] a data directory to copy, made when missing (shared by the suites of one run)
 * @property {boolean} [owned] true: they belong to this process, see sweep()
 * @property {(text: string) => void} [progress]
 */

/**
 * Starts the servers, or those of them that do not run, and waits until the replicas replicate.
 * @param {Options} options
 * @returns {Promise<Servers>}
 * @throws when a program is missing (with the command that installs it) or a server does not start (with its log's end)
 */
async function startServers(options) {
  const { dir, replicas = 2, redis = true, profile = 'up', progress = () => {} } = options;
  if (replicas >= 0)
    for (const name of /** @type {const} */ (['mariadbd', 'mariadb-install-db', 'mariadb'])) need(name);
  if (redis) need('redis-server');
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const before = readState(dir);
  if (before) await attachServers(dir).stop();

  const ports = await choosePorts([
    options.ports?.redis ?? before?.redis?.port,
    ...Array.from({ length: replicas + 1 }, (_, i) =>
      i === 0
        ? (options.ports?.primary ?? before?.maria[0]?.port)
        : (options.ports?.replicas?.[i - 1] ?? before?.maria[i]?.port),
    ),
  ]);
  const secret = () => (profile === 'test' ? 'prior' : randomBytes(18).toString('base64url'));
  const accounts = before?.maria[0]?.accounts ?? {
    user: 'prior',
    password: secret(),
    rootPassword: secret(),
    replPassword: secret(),
  };
  const maria = Array.from({ length: replicas + 1 }, (_, i) => ({
    name: i === 0 ? 'primary' : `replica${i}`,
    dir: path.join(dir, i === 0 ? 'primary' : `replica${i}`),
    port: /** @type {number} */ (ports[i + 1]),
    serverId: i + 1,
    profile,
    accounts,
    ...(i > 0 && { source: { port: /** @type {number} */ (ports[1]) } }),
  }));
  const servers = new Servers({
    dir,
    maria,
    ...(redis && {
      redis: {
        dir: path.join(dir, 'redis'),
        port: /** @type {number} */ (ports[0]),
        ...(profile === 'up' && { password: before?.redis?.password ?? secret() }),
      },
    }),
    ...(before?.filled && { filled: true }),
    ...(before?.copy && { copy: true }),
    ...(options.owned && { owner: proc.describe(process.pid) }),
  });
  writeState(servers.state);
  try {
    if (replicas >= 0)
      await fillDataDirectories(servers, options.template ?? path.join(dir, 'template'), progress);
    if (redis) fs.mkdirSync(path.join(dir, 'redis'), { recursive: true, mode: 0o700 });
    const together = servers.all().filter((one) => one !== servers.primary);
    if (servers.primary) await servers.primary.start();
    if (servers.state.copy && replicas > 0) await copyToReplicas(servers);
    await Promise.all(together.map((one) => one.start()));
    if (servers.primary) await servers.sync();
  } catch (error) {
    await servers.stop();
    throw error;
  }
  return servers;
}

/**
 * @param {Servers} servers
 * @param {string} template
 * @param {(text: string) => void} progress
 */
async function fillDataDirectories(servers, template, progress) {
  const { filled, dir } = servers.state;
  const datadirs = [servers.primary, ...servers.replicas].map(({ data }) => data);
  if (filled) {
    // What a copy has begun it will make anew.
    const needed = servers.state.copy ? datadirs.slice(0, 1) : datadirs;
    const gone = needed.filter((data) => !fs.existsSync(data));
    if (gone.length === 0) return;
    throw new Error(`${gone.join(', ')} is gone while other servers have data. Delete ${dir} to begin anew.`);
  }
  progress('making the data directories');
  const shared = fs.existsSync(template);
  if (!shared)
    await makeTemplate(template, /** @type {State['maria'][0]} */ (servers.state.maria[0]).accounts);
  for (const data of datadirs) {
    // Not `filled`: no server has started here yet, what there is are the remains of an interrupted copy.
    fs.rmSync(path.dirname(data), { recursive: true, force: true });
    fs.mkdirSync(path.dirname(data), { recursive: true, mode: 0o700 });
    fs.cpSync(template, data, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
  }
  servers.state.filled = true;
  writeState(servers.state);
  if (template.startsWith(dir) && !servers.state.owner) fs.rmSync(template, { recursive: true, force: true });
}

/**
 * The servers that another process started, with every control over them.
 * @param {string} dir
 * @returns {Servers}
 * @throws when none were ever started there
 */
function attachServers(dir) {
  const state = readState(dir);
  if (!state) throw new Error(`no servers were started in ${dir}`);
  return new Servers(state);
}

/**
 * Ends servers whose owner died without stopping them (a killed test run), and deletes their folders.
 * @param {string} parent
 * @param {string} prefix how those folders' names begin
 */
async function sweep(parent, prefix) {
  for (const name of fs.readdirSync(parent).filter((one) => one.startsWith(prefix))) {
    const dir = path.join(parent, name);
    const state = readState(dir);
    if (state?.owner && !proc.isAlive(state.owner)) await new Servers(state).stop({ discard: true });
  }
}

module.exports = { startServers, attachServers, readState, sweep, Servers };
