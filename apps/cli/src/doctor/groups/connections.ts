import { type Check, grade, type Group, pass, warn } from '../check';
import type { DatabaseSubject } from '../database/subject';
import { count, duration, percent, shareOf } from '../units';

type DatabaseCheck = Check<DatabaseSubject>;

/** For the operator, backups, replicas and exporters. */
const RESERVE = 10;
/** A share is of nothing before there were so many. */
const ENOUGH = 1_000;
/** A statement that has run so long holds a connection that others wait for, s. */
const LONG_S = 5;

/** Connections that all hosts together may open to one server. */
export function poolsOf({ config: { database, runtime }, hosts }: DatabaseSubject): number {
  return hosts * runtime.workers * database.poolSizePerWorker(runtime.workers);
}

const limit: DatabaseCheck = {
  name: 'max_connections for the pools',
  target: 'pools + 10',
  cure: '',
  look: (subject) => {
    const [has, pools] = [subject.db.variables.number('max_connections'), poolsOf(subject)];
    const needs = pools + RESERVE;
    return grade(
      `${has}; pools ${pools} (${count(subject.hosts, 'host')})`,
      { fail: has < needs },
      {
        target: `>= ${needs}`,
        cure: `SET GLOBAL max_connections = ${Math.ceil(1.5 * needs)}; (and in my.cnf), or lower DB_POOL_SIZE`,
      },
    );
  },
};

const used: DatabaseCheck = {
  name: 'Threads_connected',
  target: '< 80 % of the limit',
  cure: 'SHOW PROCESSLIST; to see whose they are; then lower DB_POOL_SIZE or raise max_connections',
  look: ({ db: { status, variables } }) => {
    const [now, most] = [status.number('Threads_connected'), variables.number('max_connections')];
    const share = shareOf(now, most);
    return grade(`${now} of ${most} (${percent(share)})`, { fail: share >= 0.95, warn: share >= 0.8 });
  },
};

const peak: DatabaseCheck = {
  name: 'Max_used_connections',
  target: '< 80 % of the limit',
  cure: 'Use pools (DB_POOL_SIZE) instead of a connection per request, or SET GLOBAL max_connections higher',
  look: ({ db: { status, variables } }) => {
    const [most, allowed] = [status.number('Max_used_connections'), variables.number('max_connections')];
    const share = shareOf(most, allowed);
    const value = `${most} of ${allowed} since the start`;
    // One beyond the limit is kept for administrators, so the peak may be higher than the limit.
    return grade(value, { fail: most >= allowed, warn: share >= 0.8 });
  },
};

const reuse: DatabaseCheck = {
  name: 'statements per connection',
  target: '>= 10',
  cure: 'Somebody connects for every request: use a pool (Prior does; look at the other applications here)',
  look: ({ db: { status } }) => {
    const [connections, questions] = [status.number('Connections'), status.number('Questions')];
    const each = shareOf(questions, connections);
    if (connections < ENOUGH) return pass(`${count(connections, 'connection')}: too few to judge`);
    return grade(`${each.toFixed(1)} (${count(connections, 'connection')})`, { warn: each < 10 });
  },
};

interface Process {
  readonly User: string;
  readonly Command: string;
  readonly Time: number | null;
  readonly State: string | null;
  readonly Info: string | null;
}

const BACKGROUND = /^(Sleep|Daemon|Binlog Dump|Slave|Group|Connect|Event)/;

const processes: DatabaseCheck = {
  name: 'statements running now',
  target: `none longer than ${LONG_S} s`,
  cure: 'SHOW FULL PROCESSLIST; then KILL QUERY the id of what should not run that long',
  look: async ({ db }) => {
    const own = 'SHOW PROCESSLIST';
    const all = (await db.query<Process>(own)).filter(({ Info }) => Info !== own);
    const busy = all.filter(({ Command, User }) => !BACKGROUND.test(Command) && User !== 'system user');
    const longest = Math.max(0, ...busy.map(({ Time }) => Number(Time ?? 0)));
    const stuck = busy.filter(({ State }) => /Opening tables|Sending data|lock/i.test(State ?? '')).length;
    const value = `${busy.length}, longest ${longest} s, ${stuck} in Opening tables, Sending data or a lock`;
    return grade(value, { warn: longest > LONG_S });
  },
};

const idle: DatabaseCheck = {
  name: 'wait_timeout',
  target: '> DB_IDLE_TIMEOUT_MS',
  cure: '',
  look: ({ db: { variables }, config: { database } }) => {
    const serverS = variables.number('wait_timeout');
    const poolS = database.idleTimeoutMs / 1000;
    const value = `${serverS} s; the pools close after ${duration(database.idleTimeoutMs)}`;
    if (serverS > poolS) return pass(value);
    return warn(value, {
      cure: `SET GLOBAL wait_timeout = ${Math.ceil(10 * poolS)}; or lower DB_IDLE_TIMEOUT_MS`,
    });
  },
};

export const connections: Group<DatabaseSubject> = {
  name: 'Connections',
  checks: [limit, used, peak, reuse, processes, idle],
};
