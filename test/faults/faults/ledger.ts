import type { Connection, RowDataPacket } from 'mysql2/promise';

/**
 * What was acknowledged. Each product has one writer, which counts its quantity up, one write after the other: whatever is
 * in the database must be at least the last number that was acknowledged.
 */
export class Ledger {
  private readonly acknowledged = new Map<string, number>();
  private last = 0;

  /** The next number to write: higher than all before. */
  next(): number {
    return ++this.last;
  }

  /** The API has answered that `value` is written. */
  acknowledge(slug: string, value: number): void {
    this.acknowledged.set(slug, Math.max(value, this.acknowledged.get(slug) ?? 0));
  }

  /** @param found what is in the database @returns how many products have lost a write that was acknowledged */
  lostIn(found: ReadonlyMap<string, number>): number {
    let lost = 0;
    for (const [slug, value] of this.acknowledged) if ((found.get(slug) ?? -1) < value) lost += 1;
    return lost;
  }

  /** As a mutant: the database forgets the last write of every product. */
  async loseIn(db: Connection): Promise<void> {
    await db.query('UPDATE products SET quantity = quantity - 1 WHERE slug IN (?)', [
      ['', ...this.acknowledged.keys()],
    ]);
  }

  /** Asks the database. Writes that are acknowledged while it answers are not judged. */
  async lost(db: Connection): Promise<number> {
    const now = new Ledger();
    for (const [slug, value] of this.acknowledged) now.acknowledge(slug, value);
    const [rows] = await db.query<RowDataPacket[]>('SELECT slug, quantity FROM products WHERE slug IN (?)', [
      ['', ...this.acknowledged.keys()],
    ]);
    return now.lostIn(new Map(rows.map((row) => [String(row['slug']), Number(row['quantity'])])));
  }
}
