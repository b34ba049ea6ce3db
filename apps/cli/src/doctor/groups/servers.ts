import { type Check, fail, type Group, pass, type Outcome } from '../check';
import type { DatabaseServer } from '../database/server';
import { messageOf } from '../run-checks';
import { duration } from '../units';

/** A server that was tried: what came of it. */
export interface Tried {
  readonly role: 'primary' | 'replica';
  readonly db?: DatabaseServer;
  readonly error?: unknown;
}

const CURES: Readonly<Record<string, string>> = {
  ER_ACCESS_DENIED_ERROR:
    'Correct DB_USER and DB_PASSWORD, or CREATE USER and GRANT it the rights on DB_NAME',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'Correct DB_USER and DB_PASSWORD',
  ER_DBACCESS_DENIED_ERROR: 'GRANT the account DB_USER its rights on DB_NAME',
  ER_BAD_DB_ERROR: 'Correct DB_NAME, or CREATE DATABASE it and run: npm run migrate',
  ER_CON_COUNT_ERROR:
    'All connections are taken: SET GLOBAL max_connections higher (as root), lower DB_POOL_SIZE',
  ER_TOO_MANY_USER_CONNECTIONS: 'All connections of DB_USER are taken: raise max_user_connections',
};

/** What to do about a server that lets nobody in. */
export function unreachable({ role, error }: Tried): Outcome {
  const { code } = (error ?? {}) as { code?: string };
  const name = role === 'primary' ? 'DB_HOST and DB_PORT' : 'DB_REPLICAS';
  return fail(messageOf(error), {
    cure: CURES[code ?? ''] ?? `Start it, or correct ${name}; nothing else of it was checked`,
  });
}

const answers: Check<Tried> = {
  name: 'answers',
  target: 'MariaDB 10.6+, MySQL 8.0.22+',
  cure: '',
  look: (tried) => {
    if (!tried.db) return unreachable(tried);
    const { version, connectMs, variables } = tried.db;
    const machine = variables.text('version_compile_machine') ?? '';
    return pass(`${version} ${machine}, connected in ${duration(connectMs)}`);
  },
};

export const databaseServers: Group<Tried> = { name: 'Database server', checks: [answers] };
