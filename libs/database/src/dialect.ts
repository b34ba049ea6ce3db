/**
 * Every difference between MariaDB (10.6+) and MySQL (8.0.22+) that the code has to know, in one place.
 * Positions are sets (one part per domain or server UUID): they are passed on whole, never compared or cut.
 */

type Row = Readonly<Record<string, unknown>>;

/** What a replica says about its own replication threads. */
export interface ReplicationState {
  readonly ioRunning: boolean;
  readonly sqlRunning: boolean;
  /** Whole seconds by the server's own account; null when it does not know. Too coarse to trust alone. */
  readonly secondsBehind: number | null;
  readonly lastError: string | null;
}

export interface Dialect {
  readonly name: 'mariadb' | 'mysql';
  /** To be asked on the primary: one row with the column `position`. */
  readonly positionSql: string;
  /** To be asked on a replica, in autocommit (a transaction keeps its old snapshot). Parameters: position, seconds. */
  readonly waitSql: string;
  /** Whether `waitSql`'s row says that the position has been applied; a time-out or NULL is false. */
  waitSucceeded(row: Row | undefined): boolean;
  /**
   * Sets the session's server-side time limit. MariaDB's covers every statement, MySQL's only SELECT; waiting for a
   * lock is limited on both. 0 lifts the limit.
   */
  sessionLimitSql(ms: number): string;
  /** The same statement with a shorter server-side limit of its own. Anything but a SELECT comes back as it is. */
  limitedSql(sql: string, ms: number): string;
  /** To be asked on a replica: one row per replication channel, none on a server that is no replica. */
  readonly replicaStatusSql: string;
  replicationState(row: Row): ReplicationState;
  /** Error number of a statement that hit `sessionLimitSql`'s limit. */
  readonly statementTimeoutErrno: number;
  /** ALTER clause for changes that only touch the table's definition (a VIRTUAL column, a new nullable column). */
  readonly instant: string;
  /** ALTER clause for index builds that readers and writers do not notice. */
  readonly inplace: string;
  /** Byte-by-byte collation without padding, for identifiers: `a`, `A` and `a ` are three. */
  readonly exactCollation: string;
}

/** The server's own accounts of replication differ in the names only. */
function stateFrom(row: Row, side: 'Slave' | 'Replica', behind: string): ReplicationState {
  const seconds = row[behind];
  const error = String(row['Last_SQL_Error'] || row['Last_IO_Error'] || '');
  return {
    ioRunning: row[`${side}_IO_Running`] === 'Yes',
    sqlRunning: row[`${side}_SQL_Running`] === 'Yes',
    secondsBehind: seconds === null || seconds === undefined ? null : Number(seconds),
    lastError: error === '' ? null : error,
  };
}

/** Both wait functions answer 0 when the position was reached, and something else (1, -1, NULL) when not. */
function waited(row: Row | undefined): boolean {
  const value = row?.['result'];
  return value !== null && value !== undefined && Number(value) === 0;
}

/** The server's own 50 s for a lock would outlast every request. */
const lockWait = (ms: number): string =>
  ms <= 0 ? '' : `, innodb_lock_wait_timeout = ${Math.ceil(ms / 1000)}`;

const online = { instant: 'ALGORITHM=INSTANT', inplace: 'ALGORITHM=INPLACE, LOCK=NONE' };

const mariadb: Dialect = {
  name: 'mariadb',
  positionSql: 'SELECT @@gtid_binlog_pos AS position',
  waitSql: 'SELECT MASTER_GTID_WAIT(?, ?) AS result',
  waitSucceeded: waited,
  sessionLimitSql: (ms) => `SET SESSION max_statement_time = ${Math.max(0, ms) / 1000}${lockWait(ms)}`,
  limitedSql: (sql, ms) =>
    /^\s*(SELECT|WITH)\b/i.test(sql) ? `SET STATEMENT max_statement_time=${ms / 1000} FOR ${sql}` : sql,
  replicaStatusSql: 'SHOW ALL SLAVES STATUS',
  replicationState: (row) => stateFrom(row, 'Slave', 'Seconds_Behind_Master'),
  statementTimeoutErrno: 1969,
  exactCollation: 'utf8mb4_nopad_bin',
  ...online,
};

const mysql: Dialect = {
  name: 'mysql',
  positionSql: 'SELECT @@GLOBAL.gtid_executed AS position',
  waitSql: 'SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS result',
  waitSucceeded: waited,
  sessionLimitSql: (ms) => `SET SESSION max_execution_time = ${Math.max(0, Math.round(ms))}${lockWait(ms)}`,
  // A hint belongs right behind the first SELECT, where there may be some already.
  limitedSql: (sql, ms) =>
    sql.replace(/^(\s*SELECT)\b(\s*\/\*\+)?/i, (_, select: string, hints?: string) =>
      hints ? `${select}${hints} MAX_EXECUTION_TIME(${ms})` : `${select} /*+ MAX_EXECUTION_TIME(${ms}) */`,
    ),
  replicaStatusSql: 'SHOW REPLICA STATUS',
  replicationState: (row) => stateFrom(row, 'Replica', 'Seconds_Behind_Source'),
  statementTimeoutErrno: 3024,
  exactCollation: 'utf8mb4_0900_bin',
  ...online,
};

/**
 * @param version what `SELECT VERSION()` answered, e.g. `10.11.19-MariaDB-log` or `8.4.3`
 * @throws Error when the server is older than what the SQL here needs
 */
export function dialectOf(version: string): Dialect {
  const isMariadb = /mariadb/i.test(version);
  // Some drivers show MariaDB's replication-compatible handshake version, `5.5.5-10.11.19-MariaDB`.
  const [major = 0, minor = 0, patch = 0] = version
    .replace(/^5\.5\.5-/, '')
    .split(/[.-]/)
    .map(Number);
  const number = major * 10_000 + minor * 100 + patch;
  const oldest = isMariadb ? 10_06_00 : 8_00_22;
  if (!(number >= oldest)) {
    throw new Error(
      `The database server says it is version "${version}". Prior needs MariaDB 10.6+ or MySQL 8.0.22+.`,
    );
  }
  return isMariadb ? mariadb : mysql;
}

/**
 * A JSON column's array or object as data. MySQL has a JSON type, which the driver parses; MariaDB stores JSON as text,
 * which it doesn't.
 */
export function jsonValue(value: unknown): unknown {
  return typeof value === 'string' ? (JSON.parse(value) as unknown) : (value ?? null);
}
