import { fullTextIndex, keyIndexes, listIndexes } from '@prior/migrations';
import { type Check, grade, type Group, type Outcome, pass, skipped, warn } from '../check';
import { type DatabaseSubject, grant } from '../database/subject';
import { duration } from '../units';

type DatabaseCheck = Check<DatabaseSubject>;

export interface Index {
  readonly table: string;
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly string[];
}

/** SHOW INDEX of every table. */
export async function indexesOf({ db }: DatabaseSubject): Promise<Index[]> {
  const rows = await db.query<{ tab: string; name: string; loose: number | string; columns: string | null }>(
    `SELECT TABLE_NAME AS tab, INDEX_NAME AS name, MIN(NON_UNIQUE) AS loose,
            GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS \`columns\`
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() GROUP BY TABLE_NAME, INDEX_NAME`,
  );
  return rows.map(({ tab, name, loose, columns }) => ({
    table: tab,
    name,
    unique: Number(loose) === 0,
    columns: (columns ?? '').split(','),
  }));
}

/** What the report looked for; `inStock` in front is the catalogue's own "quantity > 0". */
const LOOKED_UP = [
  ['products', 'slug'],
  ['products', 'categoryId'],
  ['products', 'quantity', 'inStock'],
  ['products', 'updatedPrice'],
  ['products', 'created_at'],
  ['reviews', 'product_id'],
] as const;

/** Whether a range of the index is one value of the column, or one range of its values. */
const answers = ({ columns: [first, second] }: Index, column: string): boolean =>
  first === column || (first === 'inStock' && second === column);

/** @param indexes of the schema */
export function judgeLookups(indexes: readonly Index[]): Outcome[] {
  return LOOKED_UP.map(([table, column, instead]) => {
    const found = indexes.find(
      (index) => index.table === table && (answers(index, column) || (instead && answers(index, instead))),
    );
    const of = `${table}.${column}`;
    if (found) return pass(`${found.name} (${found.columns.join(', ')})`, { of });
    return { status: 'fail', value: 'no index begins with it', of };
  });
}

const lookups: DatabaseCheck = {
  name: 'index on',
  target: 'there is one',
  cure: 'npm run migrate',
  look: async (subject) => judgeLookups(await indexesOf(subject)),
};

/** `table.index` of all that the catalogue's own queries name. */
const MODEL: readonly string[] = [keyIndexes, listIndexes, fullTextIndex].flatMap((group) =>
  Object.entries(group).flatMap(([table, all]) => Object.keys(all).map((name) => `${table}.${name}`)),
);

const expected: DatabaseCheck = {
  name: 'indexes of the data model',
  target: 'none missing',
  cure: 'npm run migrate',
  look: async (subject) => {
    const there = new Set((await indexesOf(subject)).map(({ table, name }) => `${table}.${name}`));
    const missing = MODEL.filter((name) => !there.has(name));
    const value = missing.length > 0 ? `missing: ${missing.join(', ')}` : `all ${MODEL.length}`;
    return grade(value, { fail: missing.length > 0 });
  },
};

/** Indexes whose columns are the beginning of another one's: that one answers the same. */
export function redundant(indexes: readonly Index[]): [index: Index, by: Index][] {
  const begins = (one: Index, other: Index) => one.columns.every((column, i) => other.columns[i] === column);
  return indexes.flatMap((index) => {
    if (index.unique) return [];
    const by = indexes.find(
      (other) =>
        other !== index &&
        other.table === index.table &&
        begins(index, other) &&
        // Of two equal ones only the later name goes.
        (other.columns.length > index.columns.length || other.unique || other.name < index.name),
    );
    return by ? [[index, by] as [Index, Index]] : [];
  });
}

const doubled: DatabaseCheck = {
  name: 'redundant indexes',
  target: 'none',
  cure: '',
  look: async (subject) => {
    const found = redundant(await indexesOf(subject));
    if (found.length === 0) return pass('none');
    return found.map(([{ table, name }, by]) =>
      warn(`${by.name} begins with the same columns`, {
        of: `${table}.${name}`,
        cure: `ALTER TABLE ${table} DROP INDEX ${name};`,
      }),
    );
  },
};

/** Before that an index may only be waiting for its query. */
const LONG_ENOUGH_S = 86_400;

const unused: DatabaseCheck = {
  name: 'unused indexes',
  target: 'none in a day',
  cure: '',
  grant: ({ config }) => grant('performance_schema.*', config),
  look: async ({ db }) => {
    const upS = db.status.number('Uptime');
    if (!db.variables.on('performance_schema'))
      return skipped('performance_schema is off', {
        cure: 'performance_schema = ON in my.cnf and a restart',
      });
    const rows = await db.query<{ tab: string; name: string }>(
      `SELECT u.OBJECT_NAME AS tab, u.INDEX_NAME AS name
         FROM performance_schema.table_io_waits_summary_by_index_usage u
         JOIN information_schema.STATISTICS s ON s.TABLE_SCHEMA = u.OBJECT_SCHEMA AND s.TABLE_NAME = u.OBJECT_NAME
                                              AND s.INDEX_NAME = u.INDEX_NAME AND s.SEQ_IN_INDEX = 1
        WHERE u.OBJECT_SCHEMA = DATABASE() AND u.COUNT_STAR = 0 AND s.NON_UNIQUE = 1 ORDER BY 1, 2`,
    );
    if (upS < LONG_ENOUGH_S) return skipped(`the server has been up for only ${duration(upS * 1000)}`);
    // Those of the data model have their queries, perhaps on the replicas only.
    const strange = rows.filter(({ tab, name }) => !MODEL.includes(`${tab}.${name}`));
    if (strange.length === 0) return pass('none');
    return strange.map(({ tab, name }) =>
      warn('not read here since the start', {
        of: `${tab}.${name}`,
        cure: `Look at the replicas too; if nobody reads it: ALTER TABLE ${tab} DROP INDEX ${name};`,
      }),
    );
  },
};

export const indexes: Group<DatabaseSubject> = {
  name: 'Indexes',
  checks: [lookups, expected, doubled, unused],
};
