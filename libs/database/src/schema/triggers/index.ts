import { columnsOf } from '../inspect';
import { OperatorError } from '../operator-error';
import { sqlErrno } from '../../servers/errors';
import { scalar, type Query } from '../query';
import { categoryTriggers } from './category-triggers';
import { productTriggers, type Trigger } from './product-triggers';
import { reviewTriggers } from './review-triggers';

/** The server keeps a binary log and lets only administrators write triggers (ER_BINLOG_CREATE_ROUTINE_NEED_SUPER). */
const NEEDS_TRUST = 1419;
/** Access denied for the TRIGGER privilege. */
const DENIED = new Set([1142, 1044, 1227]);

/**
 * Drops and makes all triggers anew, with the tables' present columns. Between the two a foreign writer would not be
 * noticed, so a migration calls `rebuildDerived` afterwards.
 *
 * @throws Error that says what to do when this account may not create triggers
 */
export async function installTriggers(query: Query): Promise<void> {
  const writable = async (table: string) =>
    [...(await columnsOf(query, table)).values()]
      .filter((column) => !column.generated)
      .map((column) => column.name);
  const triggers: Trigger[] = [
    ...productTriggers(await writable('products')),
    ...reviewTriggers(),
    ...categoryTriggers(await writable('categories')),
  ];
  for (const { name, on, body } of triggers) {
    try {
      await query(`DROP TRIGGER IF EXISTS ${name}`);
      await query(`CREATE TRIGGER ${name} ${on} FOR EACH ROW BEGIN ${body} END`);
    } catch (error) {
      throw await explained(query, error);
    }
  }
}

async function explained(query: Query, error: unknown): Promise<unknown> {
  const errno = sqlErrno(error) ?? 0;
  const user = (await scalar<string>(query, 'SELECT CURRENT_USER() AS value')) ?? '';
  if (errno === NEEDS_TRUST) {
    return new OperatorError(
      `The server keeps a binary log and does not let ${user} create triggers. As an administrator run ` +
        `SET GLOBAL log_bin_trust_function_creators = 1 (and put it into the server's configuration), then migrate again.`,
      { cause: error },
    );
  }
  if (DENIED.has(errno)) {
    return new OperatorError(
      `${user} may not create triggers. As an administrator run GRANT TRIGGER ON <database>.* TO that account, then migrate again.`,
      {
        cause: error,
      },
    );
  }
  return error;
}
