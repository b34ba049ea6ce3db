import { isServerFailure, OperatorError, type PrimaryQuery, sqlErrno } from '@prior/database';
import { migrations } from '@prior/migrations';

const NO_SUCH_TABLE = 1146;

/**
 * Refuses to serve from a database that lacks what the code expects: every answer would be an error, or wrong.
 * Migrations that the code does not know are fine: during a deployment the next version has run them already.
 * With the primary down nothing is known, and reads are worth more than the check.
 *
 * @throws OperatorError that says what to run
 */
export async function assertMigrated(primary: Pick<PrimaryQuery, 'run'>, database: string): Promise<void> {
  const done = await migrationsOf(primary);
  const missing = done && migrations.filter(({ name }) => !done.has(name));
  if (missing && missing.length > 0) {
    throw new OperatorError(
      `The database ${database} is not up to date (${missing.length} of ${migrations.length} migrations are missing). ` +
        'Run: npm run migrate',
    );
  }
}

/** @returns undefined when the primary cannot be asked */
async function migrationsOf(primary: Pick<PrimaryQuery, 'run'>): Promise<Set<string> | undefined> {
  try {
    const rows = (await primary.run('SELECT name FROM prior_migrations')) as { name: string }[];
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    if (sqlErrno(error) === NO_SUCH_TABLE) return new Set();
    if (isServerFailure(error)) return undefined;
    throw error;
  }
}
