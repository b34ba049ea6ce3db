/** A piece of SQL with the values of its `?`, to be put together with others. */
export interface Sql {
  readonly text: string;
  readonly params: readonly unknown[];
}

const isSql = (value: unknown): value is Sql => value instanceof Piece;

class Piece implements Sql {
  constructor(
    readonly text: string,
    readonly params: readonly unknown[] = [],
  ) {}
}

/** Text of our own that goes into SQL as it is: names of tables, columns, indexes, directions. Never a client's. */
export const raw = (text: string): Sql => new Piece(text);

export const nothing = raw('');

/**
 * SQL as a template: pieces of SQL are put in, everything else becomes a parameter.
 *
 * @example sql`SELECT id FROM products WHERE ${column} > ${price} ${limit === undefined ? nothing : sql`LIMIT ${limit}`}`
 */
export function sql(texts: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  let text = texts[0] ?? '';
  const params: unknown[] = [];
  values.forEach((value, i) => {
    text += (isSql(value) ? value.text : '?') + (texts[i + 1] ?? '');
    if (isSql(value)) params.push(...value.params);
    else params.push(value);
  });
  return new Piece(text, params);
}

/**
 * `a = ?, b = ?` for INSERT … SET and UPDATE … SET.
 *
 * @param columns values by the names of their columns; names are ours, values may be a client's
 */
export function assign(columns: Readonly<Record<string, string | number | boolean | null>>): Sql {
  const names = Object.keys(columns);
  return new Piece(names.map((name) => `\`${name}\` = ?`).join(', '), Object.values(columns));
}
