import type { Reader } from '@prior/database';
import { fail, grade, type Outcome, pass } from '../check';
import { count, duration } from '../units';
import type { DatabaseServer } from './server';

/** A row of EXPLAIN, as both servers have it. */
export interface PlanRow {
  readonly table: string | null;
  readonly type: string | null;
  readonly possible_keys: string | null;
  readonly key: string | null;
  readonly rows: number | null;
  readonly Extra: string | null;
}

/** A statement that ran, and what it took. */
export interface Ran {
  /** Of the repository method. */
  readonly name: string;
  readonly sql: string;
  readonly params: readonly unknown[];
  readonly ms: number;
  /** Rows that the server really read, Handler_read_*. */
  readonly read: number;
  readonly error?: unknown;
}

/** A table of so few rows is scanned because that is faster. */
const SMALL = 1_000;

async function handlerReads({ query }: DatabaseServer): Promise<number> {
  const rows = await query<{ Value: string }>("SHOW SESSION STATUS LIKE 'Handler\\_read\\_%'");
  return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
}

/** Runs what a repository sends, and keeps it together with what it took. */
export function recorder(db: DatabaseServer): { reader: Reader; ran: Ran[] } {
  const ran: Ran[] = [];
  const reader: Reader = {
    query: async <Row>(name: string, sql: string, params: readonly unknown[] = []) => {
      const before = await handlerReads(db);
      const started = performance.now();
      try {
        const rows = await db.query<Row>(sql, params);
        const ms = performance.now() - started;
        ran.push({ name, sql, params, ms, read: (await handlerReads(db)) - before });
        return rows;
      } catch (error) {
        ran.push({ name, sql, params, ms: performance.now() - started, read: 0, error });
        throw error;
      }
    },
  };
  return { reader, ran };
}

/** The statement's plan; nothing is read for it but what the optimizer looks up. */
export const explain = (db: DatabaseServer, sql: string, params: readonly unknown[]): Promise<PlanRow[]> =>
  db.query<PlanRow>(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, params);

/** Rows of temporary tables and table functions are as few as what made them. */
const isTable = ({ table, Extra }: PlanRow): boolean =>
  table !== null && !table.startsWith('<') && !/Table function/i.test(Extra ?? '');

const isScan = ({ type }: PlanRow): boolean => type === 'ALL';
const rowsOf = ({ rows }: PlanRow): number => Number(rows ?? 0);

/**
 * A scan is bad where no index could have helped, whatever the size is today, and where the table is not small.
 *
 * @param whole true for a read that is meant to read a whole (small) table
 */
export function judgePlan(
  plan: readonly PlanRow[],
  took: { ms: number; read: number } | undefined,
  whole = false,
): Outcome {
  const real = plan.filter(isTable);
  const access = real
    .map((row) => `${row.table} ${row.type ?? '-'}${row.key ? ` ${row.key}` : ''}`)
    .join('; ');
  const cost = took ? `; read ${count(took.read, 'row')}, ${duration(took.ms)}` : '';
  const value = `${access || 'found by key, or empty'}${cost}`;
  const scans = real.filter((row) => isScan(row) && (row.possible_keys === null || rowsOf(row) >= SMALL));
  if (scans.length > 0 && !whole) {
    const what = scans.map((row) => {
      const sorts = /filesort/i.test(row.Extra ?? '') ? ', then sorts' : '';
      return `scans ${row.table} (${count(rowsOf(row), 'row')}${sorts}), ${row.possible_keys === null ? 'no index' : 'index unused'}`;
    });
    return fail(`${what.join('; ')}${cost}`);
  }
  if (whole && scans.some((row) => rowsOf(row) >= 10 * SMALL)) return grade(value, { warn: true });
  return pass(value);
}
