import { Injectable } from '@nestjs/common';
import { MAX_INT, type Transaction, UnitOfWork } from '@prior/database';
import { Problem } from '@prior/http';
import { ProductLookup } from '../product-lookup';
import { stockMoved } from '../products.events';
import type { StockChange, StockChanges, StockLevels } from './dto/stock';
import { Idempotency } from './idempotency';
import { StockRepository, type StockRow } from './stock.repository';

@Injectable()
export class StockService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly stock: StockRepository,
    private readonly lookup: ProductLookup,
    private readonly idempotency: Idempotency,
  ) {}

  /**
   * All changes or none.
   *
   * @param key the header Idempotency-Key, if there is one
   * @param scope whose keys it belongs to
   * @throws Problem product_not_found, out_of_stock, value_out_of_range, validation_failed, idempotency_*
   */
  async change(
    input: StockChanges,
    key: string | undefined,
    scope: string,
  ): Promise<{ answer: StockLevels; replayed: boolean }> {
    const done = await this.work.run(async (tx) => {
      const apply = () => this.apply(tx, input.changes);
      if (key === undefined) return { answer: await apply(), replayed: false };
      return this.idempotency.once(tx, { scope, key, body: input }, apply);
    });
    if (key !== undefined) await this.idempotency.sweep();
    return done;
  }

  private async apply(tx: Transaction, changes: readonly StockChange[]): Promise<StockLevels> {
    const rows = await this.lockAll(tx, changes);
    const after = changes.map((change, i) => quantityAfter(change, rows[i]!));
    assertStock(changes, rows);
    if (after.some((quantity) => quantity > MAX_INT)) throw new Problem('value_out_of_range');

    const moved = rows.map((row, i) => ({ row, to: after[i]! })).filter(({ row, to }) => to !== row.quantity);
    await this.stock.set(tx, new Map(moved.map(({ row, to }) => [row.id, to])));
    if (moved.length > 0) {
      const facts = await this.lookup.facts(
        tx,
        moved.map(({ row }) => row),
      );
      facts.forEach((product, i) => {
        const { row, to } = moved[i]!;
        tx.record(stockMoved({ product, flipped: row.quantity > 0 !== to > 0 }));
      });
    }
    return { products: rows.map(({ id, slug }, i) => ({ id, slug, quantity: after[i]! })) };
  }

  /** @returns the locked row of each change */
  private async lockAll(tx: Transaction, changes: readonly StockChange[]): Promise<StockRow[]> {
    const ids = await this.stock.idsOf(
      tx,
      changes.flatMap(({ slug }) => slug ?? []),
    );
    const wanted = changes.map(({ id, slug = '' }) => id ?? ids.get(slug) ?? 0);
    const locked = await this.stock.lock(tx, [...new Set(wanted)].filter(Boolean));
    const rows = wanted.map((id) => locked.get(id));
    // A slug may have become another product's before its row was locked.
    const missing = changes.filter(
      ({ slug }, i) => !rows[i] || (slug !== undefined && rows[i].slug !== slug),
    );
    if (missing.length > 0) throw notFound(missing);
    assertOnce(wanted);
    return rows as StockRow[];
  }
}

const quantityAfter = ({ delta = 0, set }: StockChange, { quantity }: StockRow): number =>
  set ?? quantity + delta;

/** @throws Problem out_of_stock that names every item there is too little of */
function assertStock(changes: readonly StockChange[], rows: readonly StockRow[]): void {
  const items = changes.flatMap((change, i) => {
    const row = rows[i]!;
    if (quantityAfter(change, row) >= 0) return [];
    return [{ id: row.id, slug: row.slug, available: row.quantity, wanted: -(change.delta ?? 0) }];
  });
  const [first] = items;
  if (!first) return;
  const { slug, available, wanted } = first;
  throw new Problem('out_of_stock', { params: { slug, available, wanted }, extensions: { items } });
}

function notFound(missing: readonly StockChange[]): Problem {
  const [first] = missing;
  const items = missing.map(({ id, slug }) => (id === undefined ? { slug } : { id }));
  return first?.slug === undefined
    ? new Problem('product_not_found', {
        detail: `No product has the id ${first?.id}.`,
        extensions: { items },
      })
    : new Problem('product_not_found', { params: { slug: first.slug }, extensions: { items } });
}

/** Twice the same product: which `set` would count, and is a `delta` before or after it? */
function assertOnce(ids: readonly number[]): void {
  const twice = ids.findIndex((id, i) => ids.indexOf(id) < i);
  if (twice === -1) return;
  const message = 'The same product as an earlier change';
  throw new Problem('validation_failed', { errors: [{ field: `changes.${twice}`, message }] });
}
