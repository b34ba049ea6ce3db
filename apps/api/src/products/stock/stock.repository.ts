import { Injectable } from '@nestjs/common';
import type { Transaction } from '@prior/database';

export interface StockRow {
  readonly id: number;
  readonly slug: string;
  readonly quantity: number;
  readonly categoryId: number | null;
}

@Injectable()
export class StockRepository {
  async idsOf(tx: Transaction, slugs: readonly string[]): Promise<Map<string, number>> {
    if (slugs.length === 0) return new Map();
    const rows = await tx.query<{ id: number; slug: string }>(
      'SELECT id, slug FROM products WHERE slug IN (?)',
      [slugs],
    );
    return new Map(rows.map(({ id, slug }) => [slug, id]));
  }

  /** In the order of ids, like everybody: two checkouts of the same products wait for one another and never deadlock. */
  async lock(tx: Transaction, ids: readonly number[]): Promise<Map<number, StockRow>> {
    if (ids.length === 0) return new Map();
    const rows = await tx.query<StockRow>(
      `SELECT id, slug, quantity, categoryId FROM products FORCE INDEX (PRIMARY)
        WHERE id IN (?) ORDER BY id FOR UPDATE`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** One statement, in the order of ids. @param quantities by id */
  async set(tx: Transaction, quantities: ReadonlyMap<number, number>): Promise<void> {
    if (quantities.size === 0) return;
    const cases = [...quantities].flat();
    await tx.execute(
      `UPDATE products SET quantity = CASE id ${'WHEN ? THEN ? '.repeat(quantities.size)}ELSE quantity END
        WHERE id IN (?) ORDER BY id`,
      [...cases, [...quantities.keys()]],
    );
  }
}
