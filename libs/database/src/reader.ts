import type { ReadSession } from './read/session';
import type { Transaction } from './write/unit-of-work';

/** Answers SELECTs: a ReadSession, or a transaction through `readerOf`. For SQL that both need. */
export type Reader = Pick<ReadSession, 'query'>;

/** Reads inside a transaction, on the primary, what it has written itself included. */
export const readerOf = (tx: Transaction): Reader => ({
  query: (_name, sql, params) => tx.query(sql, params),
});
