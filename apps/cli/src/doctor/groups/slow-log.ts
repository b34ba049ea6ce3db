import { type Check, grade, type Group, type Outcome, pass, skipped, warn } from '../check';
import { type DatabaseSubject, grant } from '../database/subject';
import { count, percent, shareOf } from '../units';

type DatabaseCheck = Check<DatabaseSubject>;

const log: DatabaseCheck = {
  name: 'slow_query_log',
  target: 'ON',
  cure: "SET GLOBAL slow_query_log = 'ON'; (and slow_query_log = 1 in my.cnf)",
  look: ({ db: { variables } }) => {
    const on = variables.on('slow_query_log') || variables.on('log_slow_query');
    const file = variables.text('slow_query_log_file') ?? '';
    return on ? pass(`ON, ${variables.text('log_output')} ${file}`) : warn('OFF');
  },
};

const from: DatabaseCheck = {
  name: 'long_query_time',
  target: '<= 1 s',
  cure: 'SET GLOBAL long_query_time = 1; (and long_query_time = 1 in my.cnf)',
  look: ({ db: { variables } }) => {
    const s = variables.number('long_query_time');
    return grade(`${s} s`, { warn: s > 1 });
  },
};

/** Migrations and imports have some. */
const A_FEW = 10;

const slow: DatabaseCheck = {
  name: 'Slow_queries',
  target: '< 0.1 % of statements',
  cure: 'Read the slow log: tail -f the file above while there is load; EXPLAIN what is in it',
  look: ({ db: { status } }) => {
    const [n, all] = [status.number('Slow_queries'), status.number('Questions')];
    const share = shareOf(n, all);
    const few = n < A_FEW && share > 0.001 ? ', too few to judge' : '';
    return grade(`${n} of ${all} (${percent(share)})${few}`, { warn: few === '' && share > 0.001 });
  },
};

export interface SlowStatement {
  readonly text: string;
  readonly calls: number;
  readonly averageMs: number;
  readonly longestMs: number;
  readonly examined: number;
}

/** Time that one read may take on average, ms: beyond the second the report's users had gone. */
const SLOW_MS = 100;
const TOO_SLOW_MS = 1_000;
/** What ran once or twice was a migration, an import, a cold cache. */
const OFTEN = 5;

/** Below it nobody would call a statement slow, ms. */
const QUICK_MS = 10;

/** A digest without the spaces and quotes that the server puts between all of its words. */
const readable = (text: string): string =>
  text
    .replace(/`/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([.()]) ?/g, '$1')
    .replace(/ ,/g, ',')
    .slice(0, 100);

/** @param top slowest first */
export function judgeStatements(top: readonly SlowStatement[], source: string): Outcome[] {
  const slow = top.filter(({ averageMs }) => averageMs >= QUICK_MS);
  if (slow.length === 0) return [pass(`none of ${QUICK_MS} ms or more (${source})`)];
  return slow.map(({ text, calls, averageMs, longestMs, examined }) => {
    const of = readable(text);
    const value = `avg ${Math.round(averageMs)} ms, max ${Math.round(longestMs)} ms, ${count(calls, 'time')}, ${count(examined, 'row')} each`;
    const reads = /^\s*(SELECT|WITH)\b/i.test(text) && calls >= OFTEN;
    return grade(value, { fail: reads && averageMs >= TOO_SLOW_MS, warn: averageMs >= SLOW_MS }, { of });
  });
}

const SHOWN = 10;
/** Waits of fences are long on purpose, and the doctor's own looks are no load. */
const NOT_OURS = "DIGEST_TEXT NOT LIKE '%GTID%WAIT%' AND DIGEST_TEXT NOT LIKE '%FOR_EXECUTED%'";

async function byDigest({ db, config }: DatabaseSubject) {
  const rows = await db.query<Record<keyof SlowStatement, string>>(
    `SELECT DIGEST_TEXT AS text, COUNT_STAR AS calls, AVG_TIMER_WAIT / 1e9 AS averageMs,
            MAX_TIMER_WAIT / 1e9 AS longestMs, ROUND(SUM_ROWS_EXAMINED / COUNT_STAR) AS examined
       FROM performance_schema.events_statements_summary_by_digest
      WHERE SCHEMA_NAME = ? AND DIGEST_TEXT REGEXP '^(SELECT|WITH|INSERT|UPDATE|DELETE|[(])' AND ${NOT_OURS}
      ORDER BY AVG_TIMER_WAIT DESC LIMIT ${SHOWN}`,
    [config.database.name],
  );
  return judgeStatements(rows.map(numbers), 'performance_schema');
}

async function bySlowLog({ db, config }: DatabaseSubject) {
  const rows = await db.query<Record<keyof SlowStatement, string>>(
    `SELECT LEFT(CONVERT(sql_text USING utf8mb4), 200) AS text, 1 AS calls, 1000 * TIME_TO_SEC(query_time) AS averageMs,
            1000 * TIME_TO_SEC(query_time) AS longestMs, rows_examined AS examined
       FROM mysql.slow_log WHERE db = ? ORDER BY query_time DESC LIMIT ${SHOWN}`,
    [config.database.name],
  );
  return judgeStatements(rows.map(numbers), 'mysql.slow_log');
}

const numbers = (row: Record<keyof SlowStatement, string>): SlowStatement => ({
  text: row.text,
  calls: Number(row.calls),
  averageMs: Number(row.averageMs),
  longestMs: Number(row.longestMs),
  examined: Number(row.examined),
});

const statements: DatabaseCheck = {
  name: 'slowest',
  target: `on average < ${SLOW_MS} ms`,
  cure: 'Take one with its values out of the slow log, and EXPLAIN it; what ran once may have been an import',
  grant: ({ db, config }) =>
    grant(db.variables.on('performance_schema') ? 'performance_schema.*' : 'mysql.slow_log', config),
  look: (subject) => {
    const { variables } = subject.db;
    if (variables.on('performance_schema')) return byDigest(subject);
    if (/TABLE/i.test(variables.text('log_output') ?? '')) return bySlowLog(subject);
    return skipped('performance_schema is off, and the slow log is a file on the server', {
      cure: "performance_schema = ON in my.cnf and a restart; or now: SET GLOBAL log_output = 'FILE,TABLE';",
    });
  },
};

export const slowLog: Group<DatabaseSubject> = {
  name: 'Slow queries',
  checks: [log, from, slow, statements],
};
