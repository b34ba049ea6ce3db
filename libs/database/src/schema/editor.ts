import { dialectOf, type Dialect } from '../dialect';
import { indexesOf, tableExists, tableInfo } from './inspect';
import { OperatorError } from './operator-error';
import { rows, scalar, type Query } from './query';
import { LOCK_WAIT_TIMEOUT, sqlErrno } from '../servers/errors';

/** The server's ways of saying "not with this ALGORITHM or LOCK". */
const NOT_ONLINE = new Set([1845, 1846, 1847, 1221]);

/**
 * Changes a schema in steps that each look first, so that a run that died half-way can simply be repeated,
 * and that tell the operator what they do.
 */
export class SchemaEditor {
  private constructor(
    readonly query: Query,
    readonly dialect: Dialect,
    /** Prints one line for the operator. */
    readonly announce: (line: string) => void,
  ) {}

  static async open(query: Query, announce: (line: string) => void): Promise<SchemaEditor> {
    const version = (await scalar<string>(query, 'SELECT VERSION() AS value')) ?? '';
    return new SchemaEditor(query, dialectOf(version), announce);
  }

  /** Collation for identifiers (slugs, subjects): byte by byte, no padding, so that two spellings are never one key. */
  get exact(): string {
    return `CHARACTER SET utf8mb4 COLLATE ${this.dialect.exactCollation}`;
  }

  async createTable(table: string, definition: string): Promise<boolean> {
    if (await tableExists(this.query, table)) return false;
    await this.query(
      `CREATE TABLE ${table} (${definition}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci`,
    );
    this.announce(`${table}: table created`);
    return true;
  }

  /**
   * One ALTER TABLE in the gentlest way the server accepts: instantly, else in place with readers and writers
   * going on, else with the table locked against writes, which is announced before it begins.
   */
  async alter(table: string, clauses: readonly string[], what: string): Promise<void> {
    if (clauses.length === 0) return;
    const change = `ALTER TABLE ${table} ${clauses.join(', ')}`;
    for (const mode of [this.dialect.instant, this.dialect.inplace]) {
      try {
        await this.run(table, `${change}, ${mode}`);
        this.announce(`${table}: ${what} (online)`);
        return;
      } catch (error) {
        if (!NOT_ONLINE.has(sqlErrno(error) ?? 0)) throw error;
      }
    }
    if ((await rows(this.query, `SELECT 1 FROM ${table} LIMIT 1`)).length === 0) {
      await this.run(table, change);
      this.announce(`${table}: ${what} (empty)`);
      return;
    }
    const { rowCount } = await tableInfo(this.query, table);
    this.announce(
      `${table}: ${what}. The server cannot do this online: writes to ${table} (about ${rowCount} rows) wait until it is done, reads go on …`,
    );
    const started = Date.now();
    await this.run(table, `${change}, LOCK=SHARED`);
    this.announce(`${table}: ${what}: done after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }

  /**
   * @param indexes name -> kind and columns, e.g. `{ idx_a: 'INDEX (a, id)' }`. An index of that name, or of another
   * name over the same columns, is left alone.
   */
  async addIndexes(table: string, indexes: Readonly<Record<string, string>>): Promise<void> {
    const present = await indexesOf(this.query, table);
    const same = (definition: string) =>
      [...present.values()].some(({ columns, unique }) => {
        const [, kind, list = ''] = /^(.*) \((.*)\)$/.exec(definition) ?? [];
        return (kind === 'UNIQUE INDEX' ? unique : kind === 'INDEX') && columns.join(', ') === list;
      });
    const missing = Object.entries(indexes).filter(
      ([name, definition]) => !present.has(name) && !same(definition),
    );
    await this.alter(
      table,
      missing.map(([name, definition]) => `ADD ${definition.replace(' (', ` ${name} (`)}`),
      `adding ${missing.length === 1 ? 'index' : 'indexes'} ${missing.map(([name]) => name).join(', ')}`,
    );
  }

  async dropIndexes(table: string, names: readonly string[]): Promise<void> {
    const present = await indexesOf(this.query, table);
    const found = names.filter((name) => present.has(name));
    if (found.length === 0) return;
    await this.alter(
      table,
      found.map((name) => `DROP INDEX ${name}`),
      `dropping ${found.join(', ')}`,
    );
  }

  /**
   * Runs `UPDATE table SET … WHERE …` on 5,000 rows at a time, so that no lock is held for long. Needs a numeric `id`.
   *
   * @returns how many rows it found
   */
  async updateInBatches(table: string, set: string, where: string): Promise<number> {
    let count = 0;
    for (let last = 0; ;) {
      const ids = await rows<{ id: number }>(
        this.query,
        `SELECT id FROM ${table} WHERE id > ? AND (${where}) ORDER BY id LIMIT 5000`,
        [last],
      );
      const [first, end] = [ids[0], ids.at(-1)];
      if (first === undefined || end === undefined) return count;
      await this.query(`UPDATE ${table} SET ${set} WHERE id BETWEEN ? AND ? AND (${where})`, [
        first.id,
        end.id,
      ]);
      last = end.id;
      count += ids.length;
    }
  }

  private async run(table: string, sql: string): Promise<void> {
    try {
      await this.query(sql);
    } catch (error) {
      if (sqlErrno(error) !== LOCK_WAIT_TIMEOUT) throw error;
      throw new OperatorError(
        `${table} could not be changed: another session has held it in an open transaction for too long. ` +
          `Look for it with SHOW PROCESSLIST, let it end, and run the migration again; what is done is not repeated.`,
        { cause: error },
      );
    }
  }
}
