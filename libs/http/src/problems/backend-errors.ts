import type { ProblemCode } from './problems';

/** Servers that cannot be reached, or are on their way down or up (MySQL and MariaDB error numbers). */
const UNAVAILABLE = new Set([
  1040, 1042, 1043, 1047, 1053, 1077, 1079, 1129, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1927, 2002, 2003,
  2006, 2013, 2055, 3032, 4031,
]);
/** A statement that ran out of time or lost a lock: 1205/1213/3572 locks, 1317/1969/3024 time limits. */
const BUSY = new Set([1205, 1213, 1317, 1969, 3024, 3572]);
/** The server only reads: 1290 --read-only, 1792 read-only transaction, 1836 read-only mode. */
const READ_ONLY = new Set([1290, 1792, 1836]);
/** A value that the column cannot hold: our validation should have said so, but it is the client's value. */
const OUT_OF_RANGE = new Set([1264, 1265, 1292, 1366, 1406, 1690, 3140, 3819, 3988, 4025]);
/** 1062/1586 duplicate key, 1451/1452 foreign key. */
const CONFLICT = new Set([1062, 1586, 1451, 1452]);

const DRIVER_CODES =
  /^(PROTOCOL_|POOL_|ECONN|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_|ETIMEDOUT|HANDSHAKE_)/;
const REDIS_NAMES =
  /^(ClientClosedError|ClientOfflineError|ConnectionTimeoutError|DisconnectsClientError|SocketClosedUnexpectedlyError|SocketTimeoutError|ReconnectStrategyError|AbortError|ErrorReply|WatchError)$/;

interface Loose {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly driverError?: unknown;
}

/**
 * What an error of the database, Redis or a breaker means for the client; undefined when it is none of them.
 * Anything that is our own mistake (bad SQL, an unknown column) is not listed, and stays a 500.
 */
export function backendProblem(error: unknown): ProblemCode | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, code, errno, driverError } = error as Loose;
  const number = typeof errno === 'number' ? errno : NaN;

  if (UNAVAILABLE.has(number)) return 'database_unavailable';
  if (BUSY.has(number)) return 'database_busy';
  if (READ_ONLY.has(number)) return 'writes_unavailable';
  if (OUT_OF_RANGE.has(number)) return 'value_out_of_range';
  if (CONFLICT.has(number)) return 'conflict';
  // opossum: the breaker is open, or its own time limit struck.
  if (code === 'EOPENBREAKER' || code === 'ESEMLOCKED') return 'overloaded';
  if (typeof name === 'string' && REDIS_NAMES.test(name)) return 'cache_unavailable';
  if (typeof code === 'string' && DRIVER_CODES.test(code)) return 'database_unavailable';
  return driverError === error ? undefined : backendProblem(driverError);
}
