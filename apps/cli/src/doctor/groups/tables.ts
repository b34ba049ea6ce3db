import { type Check, grade, type Group, pass, skipped } from '../check';
import type { DatabaseSubject } from '../database/subject';
import { migrations } from '@prior/migrations';
import { bytes, count, percent, shareOf } from '../units';

type DatabaseCheck = Check<DatabaseSubject>;

interface Table {
  readonly name: string;
  readonly rowCount: number;
  readonly data: number;
  readonly indexed: number;
  readonly engine: string;
  readonly collation: string;
}

/** Biggest first. */
async function tablesOf({ db }: DatabaseSubject): Promise<Table[]> {
  const rows = await db.query<Record<keyof Table, string | number | null>>(
    `SELECT TABLE_NAME AS name, TABLE_ROWS AS rowCount, DATA_LENGTH AS data, INDEX_LENGTH AS indexed,
            ENGINE AS engine, TABLE_COLLATION AS collation
       FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'
      ORDER BY DATA_LENGTH + INDEX_LENGTH DESC`,
  );
  return rows.map((row) => ({
    name: String(row.name),
    rowCount: Number(row.rowCount ?? 0),
    data: Number(row.data ?? 0),
    indexed: Number(row.indexed ?? 0),
    engine: String(row.engine),
    collation: String(row.collation),
  }));
}

/** Smaller ones are one line together. */
const SHOWN = 5;

const sizes: DatabaseCheck = {
  name: 'size',
  target: '',
  cure: '',
  look: async (subject) => {
    const tables = await tablesOf(subject);
    const line = (rows: number, data: number, indexed: number) =>
      `${count(rows, 'row')}, data ${bytes(data)}, indexes ${bytes(indexed)}`;
    const shown = tables
      .slice(0, SHOWN)
      .map(({ name, rowCount, data, indexed }) => pass(line(rowCount, data, indexed), { of: name }));
    const rest = tables.slice(SHOWN);
    const sum = (key: 'rowCount' | 'data' | 'indexed') => rest.reduce((all, table) => all + table[key], 0);
    if (rest.length > 0)
      shown.push(pass(line(sum('rowCount'), sum('data'), sum('indexed')), { of: `${rest.length} more` }));
    return shown;
  },
};

const schema: DatabaseCheck = {
  name: 'migrations',
  target: 'all done',
  cure: 'npm run migrate (adds what is missing, loses nothing; make a backup first)',
  look: async ({ db }) => {
    const known = await db.query("SHOW TABLES LIKE 'prior\\_migrations'");
    const done =
      known.length > 0 ? await db.query<{ name: string }>('SELECT name FROM prior_migrations') : [];
    const names = new Set(done.map(({ name }) => name));
    const missing = migrations.filter(({ name }) => !names.has(name)).length;
    return grade(`${migrations.length - missing} of ${migrations.length}`, { fail: missing > 0 });
  },
};

const shape: DatabaseCheck = {
  name: 'engine and character set',
  target: 'InnoDB, utf8mb4',
  cure: 'npm run migrate (for the catalogue’s tables); ALTER TABLE … ENGINE=InnoDB, CONVERT TO CHARACTER SET utf8mb4',
  look: async (subject) => {
    const odd = (await tablesOf(subject)).filter(
      ({ engine, collation }) => engine !== 'InnoDB' || !collation.startsWith('utf8mb4'),
    );
    const value = odd.map(({ name, engine, collation }) => `${name} ${engine} ${collation}`).join(', ');
    return grade(value || 'all', { warn: odd.length > 0 });
  },
};

const pool: DatabaseCheck = {
  name: 'innodb_buffer_pool_size',
  target: '>= the schema',
  cure: 'SET GLOBAL innodb_buffer_pool_size to about 70 % of a database host’s memory (and in my.cnf)',
  look: async (subject) => {
    const size = subject.db.variables.number('innodb_buffer_pool_size');
    const all = (await tablesOf(subject)).reduce((sum, { data, indexed }) => sum + data + indexed, 0);
    return grade(`${bytes(size)}; the schema has ${bytes(all)}`, { warn: all > size });
  },
};

const reads: DatabaseCheck = {
  name: 'reads that go to the disk',
  target: '< 1 %',
  cure: 'SET GLOBAL innodb_buffer_pool_size higher, to about 70 % of a database host’s memory',
  look: ({ db: { status } }) => {
    const [disk, all] = [
      status.number('Innodb_buffer_pool_reads'),
      status.number('Innodb_buffer_pool_read_requests'),
    ];
    if (all < 100_000) return skipped(`only ${count(all, 'read')} since the start`);
    return grade(percent(shareOf(disk, all)), { warn: shareOf(disk, all) > 0.01 });
  },
};

/** A row that lies longer was not published by its writer, nor by anybody's drain, s. */
const OVERDUE_S = 10;

const outbox: DatabaseCheck = {
  name: 'outbox',
  target: `none older than ${OVERDUE_S} s`,
  cure: 'Start an API process (npm start): each publishes what is left; then see its log for "drain"',
  look: async ({ db }) => {
    if ((await db.query("SHOW TABLES LIKE 'outbox'")).length === 0)
      return skipped('there is none before npm run migrate');
    const [row] = await db.query<{ n: number; age: number | null }>(
      'SELECT COUNT(*) AS n, TIMESTAMPDIFF(SECOND, MIN(created_at), UTC_TIMESTAMP(6)) AS age FROM outbox',
    );
    const age = Number(row?.age ?? 0);
    return grade(`${count(Number(row?.n ?? 0), 'row')}, oldest ${age} s`, { warn: age > OVERDUE_S });
  },
};

export const tables: Group<DatabaseSubject> = {
  name: 'Tables',
  checks: [schema, sizes, shape, pool, reads, outbox],
};
