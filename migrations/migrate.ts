import { DataSource, type Logger } from 'typeorm';
import { OperatorError, refillSearchText, sqlErrno } from '@prior/database';
import { addIndexes, fullTextIndex, keyIndexes, listIndexes } from './indexes';
import { migrations } from './list';
import { editorOf } from './support';

export interface MigrateOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** Prints one line for the operator. */
  readonly log: (line: string) => void;
}

/** Only what migrations say themselves is of interest here; a failure is thrown as well. */
function loggerOf(log: (line: string) => void): Logger {
  const quiet = () => undefined;
  return {
    logQuery: quiet,
    logQueryError: quiet,
    logQuerySlow: quiet,
    logSchemaBuild: quiet,
    log: quiet,
    logMigration: (line) => line.startsWith('Migration "') || log(`  ${line}`),
  };
}

/**
 * Brings the database up to date, on an empty database or over an existing one. One at a time: a second one waits.
 * DDL commits by itself, so there is no transaction around it; a run that died is repeated and does what is left.
 *
 * @returns the names of the migrations that ran now
 */
export async function migrate({ log, ...server }: MigrateOptions): Promise<string[]> {
  const source = new DataSource({
    type: 'mysql',
    ...server,
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    connectTimeout: 10_000,
    poolSize: 3,
    migrations,
    migrationsTableName: 'prior_migrations',
    migrationsTransactionMode: 'none',
    logger: loggerOf(log),
  });
  await source.initialize();
  const guard = source.createQueryRunner('master');
  try {
    const lock = `prior_migrate_${server.database}`.slice(0, 64);
    const [got] = (await guard.query('SELECT GET_LOCK(?, 600) AS ok', [lock])) as { ok: number | null }[];
    if (Number(got?.ok) !== 1)
      throw new OperatorError('Another migration of this database has been running for ten minutes.');
    const done = await source.runMigrations({ transaction: 'none' });
    for (const { name } of done) log(`done: ${name}`);
    const refilled = await refillSearchText((sql, params) => guard.query(sql, params));
    if (refilled > 0) log(`searchText: ${refilled} products that other writers have changed`);
    // A bulk load that was stopped may have left the lists without theirs.
    await addIndexes(await editorOf(guard), keyIndexes, listIndexes, fullTextIndex);
    return done.map(({ name }) => name);
  } catch (error) {
    throw sqlErrno(error) === 1044 || sqlErrno(error) === 1142
      ? new OperatorError(
          `${server.username} may not change the schema of ${server.database}: ${(error as Error).message}`,
          { cause: error },
        )
      : error;
  } finally {
    await guard.release();
    await source.destroy();
  }
}
