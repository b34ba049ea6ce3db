import { ConfigError } from '@prior/config';
import { DatabaseUnavailable, OperatorError, sqlErrno } from '@prior/database';

/** Exit status of sysexits(3): a server behind us cannot be reached. It may be there at the next try. */
const EX_UNAVAILABLE = 69;

/** What the database says to a configuration that does not fit it: the next try would fare no better. */
const DATABASE_ADVICE: Readonly<Record<number, string>> = {
  1044: 'Check the rights of DB_USER on DB_NAME.',
  1045: 'Check DB_USER and DB_PASSWORD.',
  1049: 'Check DB_NAME, or create the database and run: npm run migrate',
  1698: 'Check DB_USER and DB_PASSWORD.',
};

/**
 * Says on stderr why the process cannot start: in one clear message where the operator can mend it, with a stack only
 * where the fault is ours.
 *
 * @returns the exit status; ConfigError.exitCode when trying again is useless
 */
export function explainStart(error: unknown): number {
  const [message, status] = explanationOf(error);
  console.error(message);
  return status;
}

function explanationOf(error: unknown): [message: unknown, status: number] {
  if (error instanceof ConfigError || error instanceof OperatorError)
    return [error.message, ConfigError.exitCode];
  if (error instanceof DatabaseUnavailable) {
    const cause = error.cause instanceof Error ? error.cause.message : error.detail;
    return [
      `The API cannot start: ${cause}. Check DB_HOST, DB_PORT, DB_REPLICAS and that the servers run.`,
      EX_UNAVAILABLE,
    ];
  }
  const advice = DATABASE_ADVICE[sqlErrno(error) ?? 0];
  if (advice) return [`The API cannot start: ${(error as Error).message}. ${advice}`, ConfigError.exitCode];
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code === 'EADDRINUSE') {
    return [
      `The port ${String(port)} is in use. Stop what uses it, or set PORT or ADMIN_PORT to another one.`,
      ConfigError.exitCode,
    ];
  }
  return [error, 1];
}
