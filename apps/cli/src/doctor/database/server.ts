import type { AppConfig } from '@prior/config';
import { type Dialect, dialectOf, type Server } from '@prior/database';
import { TimeLimitError, withTimeLimit } from '@prior/resilience';
import { createConnection } from 'mysql2/promise';
import { Settings } from './settings';

/** Longest time of one statement, ms; the server itself stops it a little earlier. */
const STATEMENT_MS = 3_000;

/** One database server, as checks see it. */
export interface DatabaseServer {
  readonly server: Server;
  readonly version: string;
  readonly dialect: Dialect;
  readonly variables: Settings;
  readonly status: Settings;
  /** How long it took to get in, ms. */
  readonly connectMs: number;
  /** A statement that reads. @throws TimeLimitError after 3 s, the driver's error */
  query<Row>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** In order: the server counts connections that just break off. */
  close(): Promise<void>;
}

/**
 * Connects for looking only: the session is read only, so the server itself refuses whatever would change a row.
 *
 * @throws TimeLimitError, the driver's error, or Error when the server is too old
 */
export async function connectServer(
  server: Server,
  { host, port }: { host: string; port: number },
  { user, password, name, connectTimeoutMs }: AppConfig['database'],
): Promise<DatabaseServer> {
  const started = performance.now();
  const opening = createConnection({
    host,
    port,
    user,
    password,
    database: name,
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    connectTimeout: connectTimeoutMs,
  });
  // A server that accepts and then says nothing outlasts the driver's own limit.
  const connection = await withTimeLimit(opening, 2 * connectTimeoutMs, () => {
    opening.then((late) => late.destroy()).catch(() => undefined);
    return new TimeLimitError(`connecting to ${server.name}`, 2 * connectTimeoutMs);
  });
  const connectMs = performance.now() - started;
  const query = async <Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> => {
    const [rows] = await withTimeLimit(connection.query(sql, params as unknown[]), STATEMENT_MS, () => {
      connection.destroy();
      return new TimeLimitError(server.name, STATEMENT_MS);
    });
    return rows as Row[];
  };
  const close = () => withTimeLimit(connection.end(), STATEMENT_MS).catch(() => connection.destroy());
  const pairs = async (what: string) =>
    (await query<{ Variable_name: string; Value: string }>(`SHOW GLOBAL ${what}`)).map(
      (row) => [row.Variable_name, row.Value] as const,
    );
  try {
    const version = (await query<{ version: string }>('SELECT VERSION() AS version'))[0]?.version ?? '';
    const dialect = dialectOf(version);
    await query(dialect.sessionLimitSql(STATEMENT_MS - 500));
    await query(`SET SESSION TRANSACTION READ ONLY`);
    await query(`SET time_zone = '+00:00'`);
    const variables = new Settings(await pairs('VARIABLES'));
    const status = new Settings(await pairs('STATUS'));
    return {
      server,
      version,
      dialect,
      variables,
      status,
      connectMs,
      query,
      close,
    };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}
