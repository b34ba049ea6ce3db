import { SchemaEditor } from '@prior/database';
import type { QueryRunner } from 'typeorm';

/**
 * An editor over a migration's connection. Its lines go to the data source's logger, which the CLI prints.
 * Times of an older schema are read and written in UTC, no statement limit stops a long ALTER, and a wait for a
 * table that someone else holds ends with an error instead of stopping everybody behind it.
 */
export async function editorOf(queryRunner: QueryRunner): Promise<SchemaEditor> {
  const query = (sql: string, params?: unknown[]) => queryRunner.query(sql, params) as Promise<unknown>;
  const editor = await SchemaEditor.open(query, (line) =>
    queryRunner.connection.logger.logMigration(line, queryRunner),
  );
  await query(`SET time_zone = '+00:00', lock_wait_timeout = 60, innodb_lock_wait_timeout = 60`);
  await query(`SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'`);
  await query(editor.dialect.sessionLimitSql(0));
  return editor;
}

/** Nothing here can be undone without losing what it kept: restore a backup instead. */
export function noWayBack(): Promise<never> {
  return Promise.reject(
    new Error('This migration has no way back: restore the backup that was made before it.'),
  );
}
