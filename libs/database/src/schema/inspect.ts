import { rows, scalar, type Query } from './query';

/** A column as information_schema describes it. */
export interface ColumnInfo {
  readonly name: string;
  /** Bare type in lower case: `varchar`, `int`, `decimal`, `datetime` … */
  readonly type: string;
  /** Whole type: `int(10) unsigned`, `varchar(255)`. */
  readonly fullType: string;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
  /** Characters, for strings. */
  readonly length: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly fraction: number | null;
  readonly charset: string | null;
  readonly collation: string | null;
  readonly generated: boolean;
  readonly autoIncrement: boolean;
}

interface RawColumn {
  name: string;
  type: string;
  fullType: string;
  nullable: string;
  def: unknown;
  length: number | string | null;
  prec: number | string | null;
  scale: number | string | null;
  fraction: number | string | null;
  charset: string | null;
  collation: string | null;
  extra: string;
  generation: string | null;
}

const numberOrNull = (value: number | string | null): number | null =>
  value === null ? null : Number(value);

export async function tableExists(query: Query, table: string): Promise<boolean> {
  const sql = `SELECT COUNT(*) AS value FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`;
  return Number(await scalar(query, sql, [table])) > 0;
}

/** The columns of a table by their names in lower case (the server's names are case-insensitive); empty without the table. */
export async function columnsOf(query: Query, table: string): Promise<Map<string, ColumnInfo>> {
  const found = await rows<RawColumn>(
    query,
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, COLUMN_TYPE AS fullType, IS_NULLABLE AS nullable,
            COLUMN_DEFAULT AS def, CHARACTER_MAXIMUM_LENGTH AS length, NUMERIC_PRECISION AS prec,
            NUMERIC_SCALE AS scale, DATETIME_PRECISION AS fraction, CHARACTER_SET_NAME AS charset,
            COLLATION_NAME AS collation, EXTRA AS extra, GENERATION_EXPRESSION AS generation
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [table],
  );
  const columns = found.map((raw): ColumnInfo => {
    // MariaDB writes the missing default of a nullable column as the text NULL.
    const hasDefault = raw.def !== null && raw.def !== 'NULL';
    return {
      name: raw.name,
      type: raw.type.toLowerCase(),
      fullType: raw.fullType,
      nullable: raw.nullable === 'YES',
      hasDefault,
      length: numberOrNull(raw.length),
      precision: numberOrNull(raw.prec),
      scale: numberOrNull(raw.scale),
      fraction: numberOrNull(raw.fraction),
      charset: raw.charset,
      collation: raw.collation,
      generated: raw.generation !== null && raw.generation !== '',
      autoIncrement: /auto_increment/i.test(raw.extra),
    };
  });
  return new Map(columns.map((column) => [column.name.toLowerCase(), column]));
}

export interface IndexInfo {
  readonly columns: readonly string[];
  readonly unique: boolean;
}

/** The indexes of a table by name, each with its columns in order. */
export async function indexesOf(query: Query, table: string): Promise<Map<string, IndexInfo>> {
  const found = await rows<{ name: string; col: string | null; loose: number | string }>(
    query,
    `SELECT INDEX_NAME AS name, COLUMN_NAME AS col, NON_UNIQUE AS loose FROM information_schema.STATISTICS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY INDEX_NAME, SEQ_IN_INDEX`,
    [table],
  );
  const indexes = new Map<string, IndexInfo>();
  for (const { name, col, loose } of found) {
    const columns = [...(indexes.get(name)?.columns ?? []), col ?? '(expression)'];
    indexes.set(name, { columns, unique: Number(loose) === 0 });
  }
  return indexes;
}

/** Engine and default character set of a table. */
export async function tableInfo(
  query: Query,
  table: string,
): Promise<{ engine: string; charset: string; rowCount: number }> {
  const [info] = await rows<{ engine: string; collation: string; n: number | string | null }>(
    query,
    `SELECT ENGINE AS engine, TABLE_COLLATION AS collation, TABLE_ROWS AS n FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`,
    [table],
  );
  return {
    engine: info?.engine ?? '',
    charset: (info?.collation ?? '').split('_')[0] ?? '',
    rowCount: Number(info?.n ?? 0),
  };
}
