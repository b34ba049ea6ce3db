import { type Check, grade, type Group, pass } from '../check';
import type { DatabaseSubject } from '../database/subject';
import { count, percent, shareOf } from '../units';

type DatabaseCheck = Check<DatabaseSubject>;

/** Fewer aborted connections than this are port scans and health probes. */
const A_FEW = 20;

const refused: DatabaseCheck = {
  name: 'Connection_errors_max_connections',
  target: '0',
  cure: 'Clients were turned away: pool connections, lower DB_POOL_SIZE, or SET GLOBAL max_connections higher',
  look: ({ db: { status } }) => {
    const n = status.number('Connection_errors_max_connections');
    return grade(`${n} since the start`, { fail: n > 0 });
  },
};

const others: DatabaseCheck = {
  name: 'Connection_errors_*',
  target: '0',
  cure: "Look for the named kind in the error log: SHOW VARIABLES LIKE 'log_error';",
  look: ({ db: { status } }) => {
    const some = status
      .beginning('connection_errors_')
      .filter(([name, value]) => !name.endsWith('max_connections') && Number(value) > 0)
      .map(([name, value]) => `${name.replace('connection_errors_', '')} ${value}`);
    return grade(some.join(', ') || 'none', { warn: some.length > 0 });
  },
};

const aborted = (name: string, meaning: string, cure: string): DatabaseCheck => ({
  name,
  target: '< 1 % of connections',
  cure,
  look: ({ db: { status } }) => {
    const [n, all] = [status.number(name), status.number('Connections')];
    const share = shareOf(n, all);
    const value = `${n} of ${all} ${meaning} (${percent(share)})`;
    if (n < A_FEW) return pass(share > 0.01 ? `${value}, too few to judge` : value);
    return grade(value, { warn: share > 0.01 });
  },
});

const deadlocks: DatabaseCheck = {
  name: 'waits for row locks',
  target: 'on average < 1 s',
  cure: 'SHOW ENGINE INNODB STATUS; names the statements; keep transactions short and in the order of ids',
  look: ({ db: { status } }) => {
    const [waits, average] = [
      status.number('Innodb_row_lock_waits'),
      status.number('Innodb_row_lock_time_avg'),
    ];
    return grade(`${count(waits, 'wait')}, ${average} ms on average`, {
      warn: waits >= A_FEW && average >= 1_000,
    });
  },
};

const tables: DatabaseCheck = {
  name: 'table cache misses',
  target: '< 10 %',
  cure: 'SET GLOBAL table_open_cache higher ("Opening tables" in the process list is this), and open_files_limit',
  look: ({ db: { status, variables } }) => {
    const [hits, misses] = [status.number('Table_open_cache_hits'), status.number('Table_open_cache_misses')];
    const share = shareOf(misses, hits + misses);
    const value = `${percent(share)}; ${status.number('Open_tables')} open of ${variables.number('table_open_cache')}`;
    return grade(value, { warn: hits + misses > 10_000 && share > 0.1 });
  },
};

export const errors: Group<DatabaseSubject> = {
  name: 'Errors',
  checks: [
    refused,
    others,
    aborted(
      'Aborted_connects',
      'failed to connect',
      'Look at the error log for wrong passwords and at the balancer for probes of this port',
    ),
    aborted(
      'Aborted_clients',
      'went without a word',
      'Look for killed processes, and for wait_timeout below DB_IDLE_TIMEOUT_MS',
    ),
    deadlocks,
    tables,
  ],
};
