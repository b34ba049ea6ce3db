import { ConfigError } from '@prior/config';
import { DatabaseUnavailable } from '@prior/database';

/** Exit status of sysexits(3): a server behind us cannot be reached. */
const EX_UNAVAILABLE = 69;

/** Says on stderr why the process cannot start, in one clear message where the operator can mend it. @returns the exit status */
export function explainStart(error: unknown): number {
  if (error instanceof ConfigError) {
    console.error(error.message);
    return ConfigError.exitCode;
  }
  if (error instanceof DatabaseUnavailable) {
    const cause = error.cause instanceof Error ? error.cause.message : error.detail;
    console.error(
      `The API cannot start: ${cause}. Check DB_HOST, DB_PORT, DB_REPLICAS and that the servers run.`,
    );
    return EX_UNAVAILABLE;
  }
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code === 'EADDRINUSE') {
    console.error(
      `The port ${String(port)} is in use. Stop what uses it, or set PORT or ADMIN_PORT to another one.`,
    );
    return 1;
  }
  console.error('The API cannot start:', error);
  return 1;
}
