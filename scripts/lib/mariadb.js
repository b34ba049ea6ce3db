'use strict';
const { execFile, spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const { need } = require('./binaries');
const proc = require('./proc');
const { accepts } = require('./ports');

const run = promisify(execFile);

/** Unix sockets have a longest path (104 bytes on macOS, 108 on Linux); beyond it only TCP is offered. */
const LONGEST_SOCKET = 100;

/** A replica that applies nothing for so long, s, is not catching up. */
const PATIENCE_S = 30;
/** How often that is looked at, s. */
const ROUND_S = 5;

/**
 * Server variables by purpose. `up` keeps the durable defaults: it is what the figures are measured on.
 * `test` never calls fsync, and lives in Dhaka's time zone, so that whoever forgets about UTC notices.
 */
const PROFILES = {
  up: {
    'innodb-buffer-pool-size': '256M',
    'innodb-log-file-size': '128M',
    'slow-query-log': '1',
    'slow-query-log-file': 'slow.log',
    'long-query-time': '0.2',
    'binlog-expire-logs-seconds': '86400',
  },
  test: {
    'innodb-buffer-pool-size': '64M',
    'innodb-log-file-size': '32M',
    'innodb-flush-log-at-trx-commit': '2',
    'sync-binlog': '0',
    'default-time-zone': '+06:00',
  },
};

/** Rights of the application's account: its own schemas, and what the replica monitor asks. */
const APP_RIGHTS =
  'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, TRIGGER, CREATE VIEW, SHOW VIEW, ' +
  'CREATE ROUTINE, ALTER ROUTINE, EXECUTE, CREATE TEMPORARY TABLES, LOCK TABLES';

/**
 * @typedef {object} Accounts
 * @property {string} user the application's
 * @property {string} password
 * @property {string} rootPassword
 * @property {string} replPassword
 */

/** @param {string} text @returns {string} an SQL string literal */
const quote = (text) => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** @param {string} user @returns {string} as root runs mariadbd it has to be told so */
const userOption = (user) => (process.getuid?.() === 0 ? `--user=${user}` : '');

/**
 * Makes the data directory that all servers start as a copy of: accounts included, no binary log yet.
 * @param {string} dir made new
 * @param {Accounts} accounts
 */
async function makeTemplate(dir, accounts) {
  const half = `${dir}.part`;
  fs.rmSync(half, { recursive: true, force: true });
  fs.mkdirSync(half, { recursive: true, mode: 0o700 });
  const tmpdir = makeTmpdir(path.dirname(dir));
  const args = [
    '--no-defaults',
    `--datadir=${half}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ];
  args.push('--innodb-log-file-size=4M', `--tmpdir=${tmpdir}`, userOption('root'));
  const options = { maxBuffer: 1 << 24 };
  await run(need('mariadb-install-db'), args.filter(Boolean), options).catch((error) => {
    throw new Error(`mariadb-install-db failed:\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
  });
  const app = `${quote(accounts.user)}@'%'`;
  await bootstrap(half, tmpdir, [
    'FLUSH PRIVILEGES',
    "DELETE FROM mysql.global_priv WHERE NOT (User = 'root' AND Host = 'localhost') AND User <> 'mariadb.sys'",
    'FLUSH PRIVILEGES',
    `ALTER USER 'root'@'localhost' IDENTIFIED BY ${quote(accounts.rootPassword)}`,
    `CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY ${quote(accounts.rootPassword)}`,
    "GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION",
    `CREATE USER ${app} IDENTIFIED BY ${quote(accounts.password)}`,
    `GRANT ${APP_RIGHTS} ON \`prior%\`.* TO ${app}`,
    `GRANT BINLOG MONITOR, SLAVE MONITOR, REPLICATION SLAVE ON *.* TO ${app}`,
    `CREATE USER 'repl'@'%' IDENTIFIED BY ${quote(accounts.replPassword)}`,
    "GRANT REPLICATION SLAVE ON *.* TO 'repl'@'%'",
  ]);
  fs.renameSync(half, dir);
}

/**
 * A server that starts deletes what looks like a left-over temporary table in its tmpdir: those of another server, too.
 * @param {string} parent
 * @returns {string} a folder for one server's temporary tables
 */
function makeTmpdir(parent) {
  const dir = path.join(parent, 'tmp');
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  return dir;
}

/**
 * Runs statements without a server.
 * @param {string} datadir
 * @param {string} tmpdir
 * @param {string[]} statements
 */
function bootstrap(datadir, tmpdir, statements) {
  return new Promise((resolve, reject) => {
    const args = [
      '--no-defaults',
      `--datadir=${datadir}`,
      `--tmpdir=${tmpdir}`,
      '--bootstrap',
      '--innodb-log-file-size=4M',
      userOption('root'),
    ];
    const child = spawn(need('mariadbd'), args.filter(Boolean), { stdio: ['pipe', 'ignore', 'pipe'] });
    let log = '';
    child.stderr.on('data', (chunk) => (log += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 && !/ERROR: \d+/.test(log)) resolve(undefined);
      else reject(new Error(`the accounts could not be made:\n${log}`));
    });
    child.stdin.end(statements.map((line) => `${line};\n`).join(''));
  });
}

/**
 * @typedef {object} MariaState what is written down about a server
 * @property {string} name
 * @property {string} dir holds `data` and `server.log`
 * @property {number} port
 * @property {number} serverId
 * @property {'up' | 'test'} profile
 * @property {Accounts} accounts
 * @property {{ port: number }} [source] set for a replica
 * @property {import('./proc').Proc} [proc]
 */

/**
 * @typedef {object} Position
 * @property {string} binlogState `gtid_binlog_state`
 * @property {string} position `gtid_binlog_pos`
 */

/** One private MariaDB server: started, stopped, broken and mended by name. */
class MariaServer {
  /**
   * @param {MariaState} state
   * @param {() => void} [changed] called when there is something new to write down
   */
  constructor(state, changed = () => {}) {
    this.state = state;
    this.changed = changed;
    this.name = state.name;
    this.host = '127.0.0.1';
    this.port = state.port;
    this.user = state.accounts.user;
    this.password = state.accounts.password;
    const socket = path.join(state.dir, 'sock');
    this.socket = Buffer.byteLength(socket) <= LONGEST_SOCKET ? socket : undefined;
    this.log = path.join(state.dir, 'server.log');
    this.data = path.join(state.dir, 'data');
  }

  get pid() {
    return this.state.proc?.pid;
  }

  isAlive() {
    return proc.isAlive(this.state.proc);
  }

  /** @returns {string[]} the command line */
  args() {
    const { dir, port, serverId, profile, source } = this.state;
    /** @type {Record<string, string>} */
    const variables = {
      datadir: this.data,
      tmpdir: path.join(dir, 'tmp'),
      port: String(port),
      socket: this.socket ?? 'sock',
      'pid-file': path.join(dir, 'server.pid'),
      'server-id': String(serverId),
      'bind-address': '127.0.0.1',
      'log-bin': 'binlog',
      'log-slave-updates': '1',
      'relay-log': 'relay',
      'relay-log-recovery': '1',
      'binlog-format': 'ROW',
      'gtid-strict-mode': '1',
      'log-bin-trust-function-creators': '1',
      'character-set-server': 'utf8mb4',
      'collation-server': 'utf8mb4_unicode_ci',
      'max-connections': '300',
      'key-buffer-size': '1M',
      'aria-pagecache-buffer-size': '8M',
      'read-only': source ? '1' : '0',
      ...PROFILES[profile],
    };
    const options = Object.entries(variables).map(([key, value]) => `--${key}=${value}`);
    return [
      '--no-defaults',
      ...options,
      '--skip-name-resolve',
      '--skip-slave-start',
      userOption('root'),
    ].filter(Boolean);
  }

  /** Starts it, waits until it answers, and lets a replica replicate. Does nothing when it runs already. */
  async start() {
    if (this.isAlive()) return;
    await this.#boot();
    if (this.state.source) await this.startReplication();
  }

  /**
   * Starts a replica whose data is a copy of its source's, without the binary log.
   * @param {Position} position where the source stood when it was copied
   */
  async startAt({ binlogState, position }) {
    await this.#boot();
    // Its binary log begins here, as its source's did at this position: others may replicate from it one day.
    await this.sql(
      `RESET MASTER; SET GLOBAL gtid_binlog_state = ${quote(binlogState)}; SET GLOBAL gtid_slave_pos = ${quote(position)}`,
    );
    await this.startReplication();
  }

  async #boot() {
    makeTmpdir(this.state.dir);
    const out = fs.openSync(this.log, 'a');
    const from = fs.fstatSync(out).size;
    const child = spawn(need('mariadbd'), this.args(), { stdio: ['ignore', out, out], detached: true });
    fs.closeSync(out);
    child.on('error', () => {});
    child.unref();
    this.state.proc = proc.describe(child.pid);
    this.changed();
    const end = Date.now() + 120_000;
    while (!(await accepts(this.port)) || !(await this.#answers())) {
      if (!this.isAlive())
        throw new Error(`${this.name} did not start. The end of ${this.log}:\n${this.#tail(from)}`);
      if (Date.now() > end)
        throw new Error(`${this.name} does not answer on port ${this.port}; see ${this.log}`);
      await proc.sleep(50);
    }
  }

  async #answers() {
    return this.sql('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  /** @param {number} from */
  #tail(from) {
    const text = fs.readFileSync(this.log).subarray(from).toString();
    const lines = text.trim().split('\n');
    const errors = lines.filter((line) => line.includes('[ERROR]'));
    return (errors.length > 0 ? errors : lines).slice(-6).join('\n');
  }

  /**
   * Points a replica at its source (whose port may have changed) and starts both of its threads.
   * @param {{ delay?: number }} [options] delay in seconds
   */
  async startReplication({ delay = 0 } = {}) {
    const { source, accounts } = this.state;
    if (!source) throw new Error(`${this.name} is not a replica`);
    await this.sql(
      `STOP SLAVE; CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=${source.port}, MASTER_USER='repl',
       MASTER_PASSWORD=${quote(accounts.replPassword)}, MASTER_CONNECT_RETRY=1, MASTER_DELAY=${delay},
       MASTER_USE_GTID=slave_pos; START SLAVE;`,
    );
  }

  /**
   * Waits until a replica has applied everything up to a position, however long that takes.
   * @param {string} position a GTID position of its source
   * @param {AbortSignal} [signal] ends the waiting
   * @throws when it has not come on for 30 s
   */
  async reach(position, signal) {
    for (let [before, idleS] = ['', 0]; ;) {
      signal?.throwIfAborted();
      const [[outcome, now = ''] = []] = await this.sql(
        `SELECT MASTER_GTID_WAIT(${quote(position)}, ${ROUND_S}), @@gtid_slave_pos`,
      );
      if (outcome === '0') return;
      idleS = now === before ? idleS + ROUND_S : 0;
      before = now;
      if (idleS >= PATIENCE_S)
        throw new Error(`${this.name} has not come on for ${PATIENCE_S} s; see ${this.log}`);
    }
  }

  /** Changes arrive, but are not applied: a replica that looks healthy and grows old. */
  async stopApplier() {
    await this.sql('STOP SLAVE SQL_THREAD');
  }

  async startApplier() {
    await this.sql('START SLAVE SQL_THREAD');
  }

  /** Nothing arrives any more, as when the network between the servers is cut. */
  async stopReplication() {
    await this.sql('STOP SLAVE');
  }

  /**
   * Lets a replica stay behind.
   * @param {number} seconds 0 = at once
   */
  async setDelay(seconds) {
    await this.startReplication({ delay: seconds });
  }

  /** Ends it in order: nothing is lost. */
  async stop() {
    await proc.stopProcess(this.state.proc, { graceMs: 60_000 });
  }

  /** Ends it as a power cut would. */
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

  async restart() {
    await this.stop();
    await this.start();
  }

  /**
   * Runs statements as root by the client program.
   * @param {string} text
   * @returns {Promise<string[][]>} rows of columns; NULL is the word NULL
   */
  async sql(text) {
    const where = this.socket
      ? [`--socket=${this.socket}`]
      : ['--protocol=tcp', '--host=127.0.0.1', `--port=${this.port}`];
    const args = ['--no-defaults', '--user=root', ...where, '--batch', '--skip-column-names', '-e', text];
    const env = { ...process.env, MYSQL_PWD: this.state.accounts.rootPassword };
    const { stdout } = await run(need('mariadb'), args, { env, maxBuffer: 1 << 26 }).catch((error) => {
      throw new Error(`${this.name}: ${String(error.stderr || error.message).trim()}`);
    });
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => line.split('\t'));
  }
}

module.exports = { MariaServer, makeTemplate, PROFILES };
