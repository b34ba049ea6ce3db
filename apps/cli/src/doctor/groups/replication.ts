import type { HostPort } from '@prior/config';
import { type Check, fail, grade, type Group, type Outcome, pass, skipped, warn } from '../check';
import type { DatabaseServer } from '../database/server';
import type { DatabaseSubject } from '../database/subject';
import { duration } from '../units';

/** A replica beside its primary; undefined while that one does not answer. */
export interface ReplicaSubject extends DatabaseSubject {
  readonly primary: DatabaseServer | undefined;
}

const HOW_TO_REPLICATE: Readonly<Record<'mariadb' | 'mysql', string>> = {
  mariadb: 'CHANGE MASTER TO MASTER_HOST=…, MASTER_USE_GTID=slave_pos; START SLAVE;',
  mysql: 'CHANGE REPLICATION SOURCE TO SOURCE_HOST=…, SOURCE_AUTO_POSITION=1; START REPLICA;',
};

export const replicasConfigured: Group<readonly HostPort[]> = {
  name: 'Replication',
  checks: [
    {
      name: 'read replicas',
      target: 'at least 1',
      cure: 'Set up a replica with GTIDs and name it: DB_REPLICAS=db-2:3306. Until then the primary answers every read',
      look: (replicas) =>
        grade(replicas.length === 0 ? 'none: the primary answers all reads' : String(replicas.length), {
          warn: replicas.length === 0,
        }),
    },
  ],
};

interface Wanted {
  readonly name: string;
  readonly is: string;
  readonly on?: 'primary' | 'replica';
  readonly server?: 'mariadb' | 'mysql';
  /** Only a warning. */
  readonly soft?: boolean;
  /** Cannot be set while the server runs. */
  readonly restart?: boolean;
}

const BINLOG: readonly Wanted[] = [
  { name: 'log_bin', is: 'ON', on: 'primary', restart: true },
  { name: 'binlog_format', is: 'ROW', on: 'primary' },
  { name: 'binlog_row_image', is: 'FULL', on: 'primary', soft: true },
  { name: 'gtid_strict_mode', is: 'ON', server: 'mariadb', soft: true },
  { name: 'gtid_mode', is: 'ON', server: 'mysql', restart: true },
  { name: 'enforce_gtid_consistency', is: 'ON', server: 'mysql' },
  { name: 'replica_preserve_commit_order', is: 'ON', server: 'mysql', on: 'replica' },
  { name: 'log_slave_updates', is: 'ON', server: 'mariadb', on: 'replica', soft: true, restart: true },
  { name: 'log_replica_updates', is: 'ON', server: 'mysql', on: 'replica', soft: true, restart: true },
  { name: 'read_only', is: 'ON', on: 'replica', soft: true },
];

const concerns = ({ on, server }: Wanted, { db }: DatabaseSubject): boolean =>
  (on ?? db.server.role) === db.server.role && (server ?? db.dialect.name) === db.dialect.name;

function judge({ name, is, soft, restart }: Wanted, { db, config }: DatabaseSubject): Outcome {
  const { replicas } = config.database;
  // What the server does not know cannot be wrong there.
  const said = db.variables.text(name) ?? is;
  const value = said === '1' ? 'ON' : said;
  const right = value.toUpperCase() === is;
  // Without replicas nobody waits for a position; the follower reads rows, so for it their image is no matter of taste.
  const { followBinlog } = config.cache;
  const hard = name === 'binlog_row_image' ? followBinlog : !soft && (replicas.length > 0 || followBinlog);
  const cure = restart
    ? `${name === 'log_bin' ? 'log-bin = binlog' : `${name} = ${is}`} in my.cnf, then restart the server`
    : `SET GLOBAL ${name} = ${is}; (and ${name} = ${is} in my.cnf)`;
  return grade(value, { fail: !right && hard, warn: !right }, { of: name, target: is, cure });
}

const settings: Check<DatabaseSubject> = {
  name: 'setting',
  target: '',
  cure: '',
  look: (subject) =>
    BINLOG.filter((wanted) => concerns(wanted, subject)).map((wanted) => judge(wanted, subject)),
};

export const binlog: Group<DatabaseSubject> = { name: 'Binlog and GTID', checks: [settings] };

/** Beyond that a replica gets no reads (apps/api takes it out), ms. */
const MAX_LAG_MS = 1_000;

const threads: Check<ReplicaSubject> = {
  name: 'replication threads',
  target: 'both run',
  cure: '',
  grant: ({ db, config: { database } }) =>
    `GRANT ${db.dialect.name === 'mariadb' ? 'SLAVE MONITOR' : 'REPLICATION CLIENT'} ON *.* TO '${database.user}'@'%';`,
  look: async ({ db: { dialect, query } }) => {
    const rows = await query<Record<string, unknown>>(dialect.replicaStatusSql);
    const cure =
      dialect.name === 'mariadb'
        ? 'START SLAVE; then SHOW ALL SLAVES STATUS\\G for the reason'
        : 'START REPLICA; then SHOW REPLICA STATUS\\G for the reason';
    if (rows.length === 0) return fail('this server is no replica', { cure: HOW_TO_REPLICATE[dialect.name] });
    return rows.map((row) => {
      const { ioRunning, sqlRunning, secondsBehind, lastError } = dialect.replicationState(row);
      const value = `receiver ${ioRunning ? 'runs' : 'stopped'}, applier ${sqlRunning ? 'runs' : 'stopped'}, ${secondsBehind ?? '?'} s behind`;
      return grade(
        lastError === null ? value : `${value}: ${lastError}`,
        { fail: !ioRunning || !sqlRunning },
        { cure },
      );
    });
  },
};

/** The very wait that a fenced read does; a replica whose wait does not work answers no read of a fresh writer. */
const FENCE_S = 2;

const fence: Check<ReplicaSubject> = {
  name: 'fence: reaches the primary’s position',
  target: `within ${FENCE_S} s`,
  cure: '',
  look: async ({ db, primary }) => {
    if (!primary) return skipped('the primary does not answer');
    const [at] = await primary.query<{ position: string | null }>(db.dialect.positionSql);
    const position = at?.position ?? '';
    if (position === '')
      return fail('the primary has no GTID position', {
        cure: 'log-bin and GTIDs in the primary’s my.cnf (see "Binlog and GTID"), then restart it',
      });
    const started = performance.now();
    const [row] = await db.query<Record<string, unknown>>(db.dialect.waitSql, [position, FENCE_S]);
    const ms = performance.now() - started;
    if (db.dialect.waitSucceeded(row)) return pass(`after ${duration(ms)}`);
    return fail(`not within ${FENCE_S} s (position ${position.slice(0, 40)})`, {
      cure: `See "replication threads"; a replica that never follows by GTID: ${HOW_TO_REPLICATE[db.dialect.name]}`,
    });
  },
};

const HEARTBEAT =
  'SELECT UNIX_TIMESTAMP(at) AS at, UNIX_TIMESTAMP(UTC_TIMESTAMP(6)) AS now FROM replica_heartbeat WHERE id = 1';
/** Every process beats several times a second, so an older beat is nobody's, s. */
const NOBODY_S = 5;

const lag: Check<ReplicaSubject> = {
  name: 'lag by the heartbeat',
  target: `< ${MAX_LAG_MS} ms`,
  cure: 'SHOW PROCESSLIST; on the replica: what does the applier wait for? Long transactions, slow disk, MASTER_DELAY',
  look: async ({ db, primary }) => {
    if (!primary) return skipped('the primary does not answer');
    if ((await primary.query("SHOW TABLES LIKE 'replica\\_heartbeat'")).length === 0)
      return skipped('no heartbeat before npm run migrate');
    // Read on the replica first: asked the other way round, a beat in between would look like lag.
    const [there] = await db.query<{ at: string }>(HEARTBEAT);
    const [here] = await primary.query<{ at: string; now: string }>(HEARTBEAT);
    const ageS = Number(here?.now ?? 0) - Number(here?.at ?? 0);
    if (!(ageS < NOBODY_S)) return skipped('no API process writes the heartbeat now');
    const ms = 1000 * (Number(here?.now) - Number(there?.at ?? 0));
    if (ms > 3_600_000) return fail(`${duration(ms)}: the heartbeat’s row is not there, or very old`);
    return ms > MAX_LAG_MS ? warn(duration(ms)) : pass(`at most ${duration(ms)}`);
  },
};

export const replica: Group<ReplicaSubject> = { name: 'Replica', checks: [threads, fence, lag] };
