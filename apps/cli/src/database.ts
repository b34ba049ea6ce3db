import type { AppConfig } from '@prior/config';
import { dialectOf, type Query, scalar } from '@prior/database';
import { createConnection } from 'mysql2/promise';

export interface Connection {
  readonly query: Query;
  close(): Promise<void>;
}

/**
 * A connection to the primary for the tool's own work: UTC, strict, and without the statement limit that is right for
 * web requests.
 */
export async function connectPrimary(database: AppConfig['database']): Promise<Connection> {
  const connection = await createConnection({
    ...database.primary,
    user: database.user,
    password: database.password,
    database: database.name,
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    connectTimeout: 10_000,
  });
  const query: Query = async (sql, params) => (await connection.query(sql, params))[0];
  const dialect = dialectOf((await scalar<string>(query, 'SELECT VERSION() AS value')) ?? '');
  await query(dialect.sessionLimitSql(0));
  await query(`SET time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'`);
  return { query, close: () => connection.end() };
}
