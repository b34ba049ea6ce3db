import type { Reader, TagDrop } from '@prior/database';

export type Row = Readonly<Record<string, unknown>>;

/** One row that somebody has changed: without `before` it is new, without `after` it is gone. */
export interface RowChange<R = Row> {
  readonly before?: R;
  readonly after?: R;
  /** Of an UPDATE: every column of the table that has another value now, in whatever order. */
  readonly changed: readonly string[];
}

/**
 * Which cached facts a row of one table decides: what a feature's events are to writers of the API, this is to all
 * others.
 */
export interface RowRule<R = Row> {
  readonly table: string;
  /** What it looks at; nothing else of a row is kept. Without one of them in a row everything is dropped. */
  readonly columns: readonly (string & keyof R)[];
  /**
   * @param changes of one or more committed transactions, in their order
   * @param primary for what the rows do not say (the categories above). It is newer than the changes, which does no
   *   harm: a change that is newer still has tags of its own, before and after
   */
  drops(changes: readonly RowChange<R>[], primary: Reader): Promise<readonly TagDrop[]>;
}

/** Keeps the type of the rows inside the rule: a list of rules does not have one. */
export const rowRule = <R extends object>(rule: RowRule<R>): RowRule => rule as unknown as RowRule;

/**
 * While the follower hears all writers, entries outlive their time (CACHE_TTL_FOLLOWED_S). A table that it knows nothing
 * of would be served old for so long, longer than without it: the start refuses that.
 *
 * @throws Error that names the tables
 */
export function refuseUnheard(tables: readonly string[], rules: readonly RowRule[]): void {
  const heard = new Set(rules.map(({ table }) => table));
  const unheard = tables.filter((table) => !heard.has(table));
  if (unheard.length === 0) return;
  throw new Error(
    `No row rule for ${unheard.join(', ')}: what others write there would not be heard, and kept answers would stay ` +
      'old. Add a rowRule() to the rules of FollowerModule (docs/outside-writers.md).',
  );
}
