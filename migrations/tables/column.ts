import { columnsOf, sqlErrno, tableInfo, type ColumnInfo, type SchemaEditor } from '@prior/database';

/** A column as it has to be, and what an existing one may look like and stay as it is. */
export interface Column {
  readonly name: string;
  readonly type: string;
  /** The type for an existing column that does not fit, where `type` would lose some of it. */
  readonly widened?: (column: ColumnInfo) => string;
  readonly notNull?: boolean;
  /** SQL of the default; a constant one lets the server add the column without touching rows. */
  readonly default?: string;
  readonly collation?: string;
  /** What an existing column must satisfy to be left alone. */
  readonly fits: (column: ColumnInfo) => boolean;
  /** SQL that gives rows without a value one, where the column is NOT NULL. It may use the table's other columns. */
  readonly fill?: string;
  /** Names under which an older schema may keep the same thing; a column that is added takes its values from there. */
  readonly formerly?: readonly string[];
}

const INTEGERS = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
const TEXT_SIZES = ['tinytext', 'text', 'mediumtext', 'longtext'];

export const isInteger = (column: ColumnInfo): boolean => INTEGERS.has(column.type);
export const isDecimal = (column: ColumnInfo): boolean =>
  column.type === 'decimal' &&
  (column.scale ?? 0) >= 2 &&
  (column.precision ?? 0) - (column.scale ?? 0) >= 10;
/** A price column with more digits after the point keeps them, binary floating point gets two more than cents. */
export const widerDecimal = (column: ColumnInfo): string => {
  const scale = column.type === 'decimal' ? Math.max(2, column.scale ?? 2) : isInteger(column) ? 2 : 4;
  return `DECIMAL(${10 + scale},${scale})`;
};
export const isTime = (column: ColumnInfo): boolean =>
  column.type === 'datetime' && (column.fraction ?? 0) >= 3;
export const isString = (length: number) => (column: ColumnInfo) =>
  (column.type === 'varchar' && (column.length ?? 0) >= length && column.charset === 'utf8mb4') ||
  (TEXT_SIZES.includes(column.type) && column.charset === 'utf8mb4');
export const isText = (atLeast: 'text' | 'mediumtext') => (column: ColumnInfo) =>
  TEXT_SIZES.indexOf(column.type) >= TEXT_SIZES.indexOf(atLeast) && column.charset === 'utf8mb4';
export const isExact = (length: number, collation: string) => (column: ColumnInfo) =>
  column.type === 'varchar' && (column.length ?? 0) >= length && column.collation === collation;

/** DDL of a column; `loose` leaves NOT NULL out, for a column that still has to be filled. */
export function ddl(column: Column, loose = false): string {
  const nullability = column.notNull === true && !loose ? 'NOT NULL' : 'NULL';
  const fallback = column.default === undefined ? '' : ` DEFAULT ${column.default}`;
  return `\`${column.name}\` ${column.type}${column.collation ? ` ${column.collation}` : ''} ${nullability}${fallback}`;
}

/**
 * Adds the missing columns of an existing table, fills what must not be NULL, and changes the types that would lose
 * or refuse data. A column that fits already is not touched, and none is ever dropped.
 *
 * @param beforeTypes runs between filling and changing types, for what a single SQL expression cannot say
 */
export async function completeTable(
  editor: SchemaEditor,
  table: string,
  columns: readonly Column[],
  beforeTypes: () => Promise<void> = async () => undefined,
): Promise<void> {
  await utf8Innodb(editor, table);
  await addMissing(editor, table, columns);
  await setDefaults(editor, table, columns);
  for (let attempt = 1; ; attempt++) {
    await copyFormer(editor, table, columns);
    for (const { name, fill } of columns) {
      if (fill === undefined) continue;
      await editor.updateInBatches(table, `\`${name}\` = ${fill}`, `\`${name}\` IS NULL`);
    }
    await beforeTypes();
    try {
      await adjustTypes(editor, table, columns);
      break;
    } catch (error) {
      // The older application goes on writing: it may have left out a value since.
      if (attempt === MAX_ATTEMPTS || !FOUND_NULL.has(sqlErrno(error) ?? 0)) throw error;
    }
  }
  await loosenForeign(editor, table, columns);
}

const MAX_ATTEMPTS = 10;
/** The servers' ways of refusing NOT NULL for a column that holds a NULL. */
const FOUND_NULL = new Set([1048, 1138, 1265]);

async function utf8Innodb(editor: SchemaEditor, table: string): Promise<void> {
  const { engine, charset } = await tableInfo(editor.query, table);
  const clauses = [
    ...(engine === 'InnoDB' ? [] : ['ENGINE=InnoDB']),
    ...(charset === 'utf8mb4' ? [] : ['CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci']),
  ];
  await editor.alter(table, clauses, `converting from ${engine}, ${charset} to InnoDB, utf8mb4`);
}

type Columns = ReadonlyMap<string, ColumnInfo>;

/** The column under which an older schema keeps the same. */
const formerOf = (column: Column, present: Columns): ColumnInfo | undefined =>
  (column.formerly ?? []).map((name) => present.get(name.toLowerCase())).find((found) => found !== undefined);

/** A constant default makes the new column instant; any other comes afterwards. */
async function addMissing(editor: SchemaEditor, table: string, columns: readonly Column[]): Promise<void> {
  const present = await columnsOf(editor.query, table);
  const missing = columns.filter((column) => !present.has(column.name.toLowerCase()));
  const clauses = missing.map((column) => {
    const constant = column.default !== undefined && /^-?\d+$/.test(column.default);
    // With a former column to copy from, NULL tells the rows that are still to be copied, also after a crash.
    const from = formerOf(column, present);
    if (from && column.widened) return ddl({ ...widen(column, from), default: undefined }, true);
    return constant && !from ? ddl(column) : ddl({ ...column, default: undefined }, true);
  });
  await editor.alter(
    table,
    clauses.map((clause) => `ADD COLUMN ${clause}`),
    `adding ${names(missing)}`,
  );
}

/** At once, so that rows which the older application writes meanwhile have them; except where a copy is still to come. */
async function setDefaults(editor: SchemaEditor, table: string, columns: readonly Column[]): Promise<void> {
  const present = await columnsOf(editor.query, table);
  const without = columns.filter((column) => {
    const found = present.get(column.name.toLowerCase());
    return column.default !== undefined && found?.hasDefault === false && !formerOf(column, present);
  });
  await editor.alter(
    table,
    without.map((column) => `ALTER COLUMN \`${column.name}\` SET DEFAULT ${column.default}`),
    `defaults for ${names(without)}`,
  );
}

async function copyFormer(editor: SchemaEditor, table: string, columns: readonly Column[]): Promise<void> {
  const present = await columnsOf(editor.query, table);
  for (const column of columns) {
    const from = formerOf(column, present);
    if (from === undefined || present.get(column.name.toLowerCase())?.nullable !== true) continue;
    const isNumber = !/CHAR|TEXT|JSON/.test(column.type);
    const value = isNumber && from.length !== null ? `NULLIF(\`${from.name}\`, '')` : `\`${from.name}\``;
    const set = `\`${column.name}\` = ${value}`;
    const count = await editor.updateInBatches(
      table,
      set,
      `\`${column.name}\` IS NULL AND ${value} IS NOT NULL`,
    );
    if (count > 0)
      editor.announce(`${table}: ${column.name} filled from ${from.name} (${count} rows), which stays`);
  }
}

async function adjustTypes(editor: SchemaEditor, table: string, columns: readonly Column[]): Promise<void> {
  const present = await columnsOf(editor.query, table);
  const wrong = columns.flatMap((column) => {
    const found = present.get(column.name.toLowerCase());
    if (found === undefined) return [];
    const fits = column.fits(found);
    const sameNull = (column.notNull === true) !== found.nullable;
    if (fits && sameNull && (column.default === undefined || found.hasDefault)) return [];
    return [
      {
        name: column.name,
        clause: `MODIFY COLUMN ${fits ? keepType(column, found) : ddl(widen(column, found))}`,
      },
    ];
  });
  await editor.alter(
    table,
    wrong.map(({ clause }) => clause),
    `adjusting ${names(wrong)}`,
  );
}

const names = (all: readonly { name: string }[]): string => all.map(({ name }) => name).join(', ');

const widen = (column: Column, found: ColumnInfo): Column => ({
  ...column,
  type: column.widened?.(found) ?? column.type,
});

/** A type that fits stays (a BIGINT is not narrowed); only nullability and default change. */
function keepType(column: Column, found: ColumnInfo): string {
  const collation =
    found.collation === null ? undefined : `CHARACTER SET ${found.charset} COLLATE ${found.collation}`;
  return ddl({ ...column, type: found.fullType, collation });
}

/** A column of the older schema that must be given a value would make every INSERT of ours fail. */
async function loosenForeign(editor: SchemaEditor, table: string, columns: readonly Column[]): Promise<void> {
  const ours = new Set(['id', ...columns.map((column) => column.name.toLowerCase())]);
  const strict = [...(await columnsOf(editor.query, table)).values()].filter(
    (column) =>
      !ours.has(column.name.toLowerCase()) &&
      !column.nullable &&
      !column.hasDefault &&
      !column.generated &&
      !column.autoIncrement,
  );
  const clauses = strict.map(
    (column) => `MODIFY COLUMN ${keepType({ name: column.name, type: '', fits: () => true }, column)}`,
  );
  await editor.alter(
    table,
    clauses,
    `allowing NULL in ${names(strict)}, which only the older application writes`,
  );
}
