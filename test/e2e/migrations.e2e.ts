import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { DataSource, type EntityMetadata, type Logger } from 'typeorm';
import { migrations } from '@prior/migrations';
import { startApp } from '../support/app';
import { derivedFromScratch, derivedTables } from '../support/derived-oracle';
import { migrateDatabase, migratedDatabase } from '../support/migrated';
import { connect, createDatabase, dropDatabase, getStack } from '../support/stack';

// Many whole migrations run here, on machines that others use too.
jest.setTimeout(240_000);

const stack = getStack();
const open: { database: string; db: Connection }[] = [];

async function use(database: string): Promise<Connection> {
  const db = await connect(stack.primary, database);
  open.push({ database, db });
  return db;
}
afterEach(async () => {
  for (const { database, db } of open.splice(0)) {
    await db.end();
    await dropDatabase(stack, database);
  }
});

const all = async (db: Connection, sql: string) => (await db.query<RowDataPacket[]>(sql))[0];
const IGNORED = `TABLE_NAME <> 'prior_migrations'`;

/** The whole schema as lines that can be compared between two databases. */
async function schemaOf(db: Connection): Promise<string[]> {
  const columns = await all(
    db,
    `SELECT CONCAT_WS(' ', TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME, EXTRA) AS line
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND ${IGNORED}`,
  );
  const indexes = await all(
    db,
    `SELECT CONCAT_WS(' ', 'index', TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE, INDEX_TYPE) AS line
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND ${IGNORED}`,
  );
  const triggers = await all(
    db,
    `SELECT CONCAT_WS(' ', 'trigger', TRIGGER_NAME, ACTION_STATEMENT) AS line
       FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()`,
  );
  return [...columns, ...indexes, ...triggers].map(({ line }) => String(line)).sort();
}

/** Runs the migrations until they have changed something `budget` times, then dies. @returns whether they got through */
async function migrateUntilCrash(database: string, budget: number): Promise<boolean> {
  let left = budget;
  const quiet = () => undefined;
  const logQuery = (sql: string) => {
    const changes =
      /^\s*(ALTER|CREATE|DROP|UPDATE|INSERT|DELETE)/.test(sql) && !sql.includes('prior_migrations');
    if (changes && left-- === 0) throw new Error('crash');
  };
  const logger: Logger = {
    logQuery,
    logQueryError: quiet,
    logQuerySlow: quiet,
    logSchemaBuild: quiet,
    logMigration: quiet,
    log: quiet,
  };
  const { host, port, user: username, password } = stack.primary;
  const source = await new DataSource({
    type: 'mysql',
    ...{ host, port, username, password, database, migrations, logger },
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    migrationsTableName: 'prior_migrations',
  }).initialize();
  try {
    await source.runMigrations({ transaction: 'none' });
    return true;
  } catch (error) {
    expect((error as Error).message).toBe('crash');
    return false;
  } finally {
    await source.destroy();
  }
}

describe('migrations', () => {
  /** Of the very application, so that a new one is not forgotten here. */
  let entities: readonly EntityMetadata[];
  beforeAll(async () => {
    const { app, close } = await startApp();
    entities = app.get(DataSource).entityMetadatas;
    await close();
    expect(entities.length).toBeGreaterThan(2);
  });

  it('make the documented schema on an empty database', async () => {
    const db = await use(await migratedDatabase(stack));
    const docs = readFileSync(join(__dirname, '../../docs/data-model.md'), 'utf8');
    for (const { tableName: table } of entities) {
      const section = docs.split(`\n## ${table}\n`)[1]?.split('\n## ')[0] ?? '';
      const documented = section
        .split('\n')
        .flatMap((line) => /^\| (?!column)(\w[\w, ]*) \| [A-Z]/.exec(line)?.[1]?.split(', ') ?? []);
      const columns = await all(
        db,
        `SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${table}'`,
      );
      expect([table, ...columns.map(({ name }) => String(name)).sort()]).toEqual([
        table,
        ...documented.sort(),
      ]);
      expect(documented.length).toBeGreaterThan(2);
    }
  });

  it('make the columns that the entities speak of', async () => {
    const db = await use(await migratedDatabase(stack));
    for (const { tableName, columns } of entities) {
      const found = await all(
        db,
        `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, IS_NULLABLE = 'YES' AS nullable, CHARACTER_MAXIMUM_LENGTH AS length,
                NUMERIC_PRECISION AS prec, NUMERIC_SCALE AS scale, DATETIME_PRECISION AS fraction
           FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${tableName}'`,
      );
      expect(columns.length).toBeGreaterThan(2);
      for (const { databaseName, type, isNullable, length, precision, scale } of columns) {
        const column = found.find(({ name }) => name === databaseName);
        const typeName = typeof type === 'string' ? type : 'int';
        expect([tableName, databaseName, column?.['type'], Boolean(column?.['nullable'])]).toEqual([
          tableName,
          databaseName,
          typeName,
          isNullable,
        ]);
        if (length) expect(Number(column?.['length'])).toBe(Number(length));
        if (typeName === 'decimal')
          expect([Number(column?.['prec']), Number(column?.['scale'])]).toEqual([precision, scale]);
        if (typeName === 'datetime') expect(Number(column?.['fraction'])).toBe(precision);
      }
    }
  });

  it('run in several processes at once do their work once', async () => {
    const database = await createDatabase(stack);
    await use(database);
    const runs = await Promise.all([1, 2, 3].map(() => migrateDatabase(stack, database)));
    expect(runs.filter((lines) => lines.includes('  products: table created'))).toHaveLength(1);
    expect(runs.filter((lines) => lines.length === 0)).toHaveLength(2);
  });

  it.each([
    ['an empty database', ''],
    ['the report’s schema', 'report-schema.sql'],
  ])('over %s, killed at any step, reach the same end when repeated', async (_, fixture) => {
    const prepared = async () => {
      const database = await createDatabase(stack);
      const db = await use(database);
      if (fixture) await db.query(readFileSync(join(__dirname, 'fixtures', fixture), 'utf8'));
      return { database, db };
    };
    const [straight, crashing] = [await prepared(), await prepared()];
    await migrateDatabase(stack, straight.database);
    let crashes = 0;
    while (!(await migrateUntilCrash(crashing.database, 1 + crashes))) crashes++;
    expect(crashes).toBeGreaterThan(5);
    expect(await schemaOf(crashing.db)).toEqual(await schemaOf(straight.db));
    const rows = (db: Connection) =>
      all(
        db,
        'SELECT id, name, slug, unitPrice, updatedPrice, quantity, rating, searchText FROM products ORDER BY id',
      );
    expect(await rows(crashing.db)).toEqual(await rows(straight.db));
    const query = async (sql: string, params?: unknown[]) => (await crashing.db.query(sql, params))[0];
    expect(await derivedTables(query)).toEqual(await derivedFromScratch(query));
  });
});
