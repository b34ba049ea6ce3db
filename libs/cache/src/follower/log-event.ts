import type { Row } from './row-rule';

export interface RowImages {
  readonly before?: Row;
  readonly after?: Row;
}

/** What the follower understands of a binlog, whichever server wrote it. */
export type LogEvent =
  /** A transaction begins; one that has no end of its own (DDL) is over. */
  | { readonly kind: 'begin' }
  /** `whole`: the images have all columns. */
  | {
      readonly kind: 'rows';
      readonly table: string;
      readonly images: readonly RowImages[];
      readonly whole: boolean;
    }
  | { readonly kind: 'commit' }
  /** Something was changed by a statement that is no set of rows. */
  | { readonly kind: 'statement'; readonly schema: string; readonly sql: string }
  /** Something was changed and cannot be read. */
  | { readonly kind: 'unreadable'; readonly what: string };
