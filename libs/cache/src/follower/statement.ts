/** Ends of transactions, marks inside them, and maintenance: no row is another one afterwards. */
const HARMLESS = new RegExp(
  `^(${[
    'begin|commit|rollback|savepoint|release savepoint|set',
    'xa (start|begin|end|prepare|rollback)',
    'analyze|check|optimize|repair|flush|grant|revoke',
    '(create|drop) (temporary|user|role|trigger|index|unique|fulltext|procedure|function|event)',
    '(alter|rename) user',
  ].join('|')})\\b`,
  'i',
);

/** Comments at the front, as clients write them, and as MariaDB writes in place of events that a reader does not know. */
const COMMENTS = /^(\s|#[^\n]*(\n|$)|--\s[^\n]*(\n|$)|\/\*(?!!)[\s\S]*?\*\/)+/;

/**
 * Whether a statement in the binlog may have changed rows of the schema: a TRUNCATE, an ALTER, a writer that has
 * switched its session from rows to statements. What is not known to be harmless may have.
 *
 * @param schema the session's default schema
 * @param database the schema that matters, as the server writes its name
 */
export function changesAnything({ schema, sql }: { schema: string; sql: string }, database: string): boolean {
  const text = sql.replace(COMMENTS, '');
  if (text === '' || HARMLESS.test(text)) return false;
  // XA COMMIT names neither schema nor rows: they came with XA PREPARE, before they were committed.
  if (commitsXa(text)) return true;
  return schema === database || text.includes(database);
}

export const commitsXa = (sql: string): boolean => /^xa commit\b/i.test(sql);
