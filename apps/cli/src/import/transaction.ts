import {
  addToOutbox,
  inTransaction,
  mergeDrops,
  type DomainEvent,
  type Query,
  type Transaction,
} from '@prior/database';

/**
 * A unit of work on the tool's own connection: what it records goes into the outbox with it, and the API's processes
 * drop those tags within half a second.
 *
 * @param work runs again after a lost deadlock, so it must have no other effects
 */
export function unitOfWork<T>(query: Query, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return inTransaction(query, async () => {
    const events: DomainEvent[] = [];
    const result = await work(transactionOf(query, events));
    const drops = mergeDrops(events.flatMap((event) => event.drops));
    if (drops.length > 0) await addToOutbox(query, drops);
    return result;
  });
}

/** The API's repositories work on it as on their own; there are no entities here. */
function transactionOf(query: Query, events: DomainEvent[]): Transaction {
  return {
    query: async <Row>(sql: string, params?: readonly unknown[]) =>
      (await query(sql, params as unknown[])) as Row[],
    execute: async (sql, params) =>
      (await query(sql, params as unknown[])) as { affectedRows: number; insertId: number },
    record: (event) => void events.push(event),
    get manager(): never {
      throw new Error('The operator’s tool has no entity manager');
    },
  };
}
