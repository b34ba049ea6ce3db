import { Problem } from '@prior/http';

/** No server that could answer is reachable. */
export class DatabaseUnavailable extends Problem {
  constructor(role: 'primary' | 'any', cause?: unknown) {
    super(role === 'primary' ? 'writes_unavailable' : 'database_unavailable', { cause });
    this.name = 'DatabaseUnavailable';
  }
}

/** The server did not answer in time: its connection is unusable, as a late answer would go to the next user. */
export class ServerSilent extends Error {
  readonly code = 'ETIMEDOUT';
  constructor(server: string, what: string, ms: number) {
    super(`${server} did not answer within ${ms} ms (${what})`);
    this.name = 'ServerSilent';
  }
}

/** A COMMIT was sent, and nobody knows what became of it. */
export class OutcomeUnknown extends Problem {
  constructor(cause: unknown) {
    super('write_outcome_unknown', { cause });
    this.name = 'OutcomeUnknown';
  }
}

const LOST = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST', 'PROTOCOL_SEQUENCE_TIMEOUT', 'POOL_NONEONLINE', 'POOL_NOEXIST', 'POOL_CLOSED',
  'ER_SERVER_SHUTDOWN', 'ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS', 'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED', 'ER_OPTION_PREVENTS_STATEMENT', 'ER_HOST_IS_BLOCKED', 'ER_NEW_ABORTING_CONNECTION',
  'ER_CLIENT_INTERACTION_TIMEOUT', 'EOPENBREAKER',
]); // prettier-ignore

/**
 * True when the server (not the statement) failed: another server may be asked the same. Reads `code` of the driver's
 * error, also inside TypeORM's QueryFailedError.
 */
export function isServerFailure(error: unknown): boolean {
  // By shape, not by `instanceof`: Node's own errors belong to another realm in Jest and in vm contexts.
  for (let e = error as Shape | null | undefined, depth = 0; e && depth < 4; depth += 1) {
    if (typeof e.code === 'string' && LOST.has(e.code)) return true;
    if (e.fatal === true) return true;
    if (/closed state|Connection lost|Can't add new command/i.test(String(e.message))) return true;
    e = (e.driverError ?? e.cause) as Shape | undefined;
  }
  return false;
}

interface Shape {
  readonly code?: unknown;
  readonly fatal?: unknown;
  readonly message?: unknown;
  readonly driverError?: unknown;
  readonly cause?: unknown;
}

/** Error number of the driver's error (1062 duplicate key, 1213 deadlock …), or undefined. */
export function sqlErrno(error: unknown): number | undefined {
  const e = error as { errno?: unknown; driverError?: { errno?: unknown } } | undefined;
  const errno = e?.driverError?.errno ?? e?.errno;
  return typeof errno === 'number' ? errno : undefined;
}

export const DUPLICATE_KEY = 1062;
export const DEADLOCK = 1213;
export const LOCK_WAIT_TIMEOUT = 1205;
