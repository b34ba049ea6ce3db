import { dialectOf } from '@prior/database';

type Run = (sql: string, params?: readonly unknown[]) => Promise<unknown>;

/** The binlog cannot be followed as things are; the message says what an operator has to change. */
export class CannotFollow extends Error {}

export interface BinlogServer {
  /** Tells this server from the one that may be primary next. */
  readonly identity: string;
  /** The schema's name, as the server writes it into the binlog. */
  readonly database: string;
}

const NAMES = [
  'log_bin', 'binlog_format', 'binlog_row_image', 'gtid_mode', 'binlog_order_commits',
  'server_uuid', 'server_id', 'hostname', 'port',
]; // prettier-ignore

/**
 * Looks whether the primary writes a binlog that can be followed.
 *
 * @throws CannotFollow
 */
export async function checkServer(run: Run): Promise<BinlogServer> {
  const rows = (await run('SHOW GLOBAL VARIABLES WHERE Variable_name IN (?)', [NAMES])) as Record<
    string,
    string
  >[];
  const value = new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
  const wants = (name: string, right: string, why: string) => {
    const is = value.get(name);
    if (is === undefined || is.toUpperCase() === right) return;
    throw new CannotFollow(
      `the primary has ${name} = ${is}, and ${why}: set ${name} = ${right} in its configuration`,
    );
  };
  wants('log_bin', 'ON', 'without a binary log there is nothing to follow');
  wants('binlog_format', 'ROW', 'only rows say what a statement has changed');
  wants('binlog_row_image', 'FULL', 'rows without all their columns do not say which answers show them');
  wants('gtid_mode', 'ON', 'a position must be valid on whichever server is primary next');
  wants('binlog_order_commits', 'ON', 'commits must become visible in the order of the binlog');
  const [{ database } = { database: '' }] = (await run('SELECT DATABASE() AS `database`')) as {
    database: string;
  }[];
  const identity =
    value.get('server_uuid') ?? ['server_id', 'hostname', 'port'].map((n) => value.get(n)).join(' ');
  return { identity, database };
}

/** Where the primary's binlog ends now. */
export async function currentPosition(run: Run): Promise<string> {
  const [{ version }] = (await run('SELECT VERSION() AS version')) as [{ version: string }];
  const [{ position }] = (await run(dialectOf(version).positionSql)) as [{ position: string }];
  return position.replace(/\s/g, '');
}

/** Error numbers of accounts that may not do what they try: no such account, no privilege (of three kinds). */
const DENIED = new Set([1044, 1045, 1142, 1227]);
const NO_SUCH_TABLE = 1146;

export const isDenied = (error: unknown): boolean => DENIED.has((error as { errno?: number }).errno ?? 0);

/** Errors that an operator has to mend, in words that say how. Others are returned as they are. */
export function explained(error: unknown, user: string): Error {
  const { errno, message } = error as { errno?: number; message?: string };
  if (errno === NO_SUCH_TABLE)
    return new CannotFollow('the table binlog_follower is missing: run the migrations');
  if (isDenied(error)) {
    return new CannotFollow(
      `${message}. On the primary, as an administrator: GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO the account ${user}`,
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}
