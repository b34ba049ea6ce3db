import { Injectable } from '@nestjs/common';
import { assign, type Sql, sql, type Transaction } from '@prior/database';

/** Columns of `products` by name; JSON as text. */
export type ProductColumns = Readonly<Record<string, string | number | boolean | null>>;

@Injectable()
export class ProductsWriteRepository {
  async insert(tx: Transaction, columns: ProductColumns): Promise<number> {
    return (await run(tx, sql`INSERT INTO products SET ${assign(columns)}`)).insertId;
  }

  async update(tx: Transaction, id: number, columns: ProductColumns): Promise<void> {
    if (Object.keys(columns).length > 0)
      await run(tx, sql`UPDATE products SET ${assign(columns)} WHERE id = ${id}`);
  }

  /** Reviews and former slugs go with it, by a trigger. */
  async delete(tx: Transaction, id: number): Promise<void> {
    await tx.execute('DELETE FROM products WHERE id = ?', [id]);
  }

  async isFormerSlug(tx: Transaction, slug: string): Promise<boolean> {
    return (await tx.query('SELECT 1 FROM product_slugs WHERE slug = ?', [slug])).length > 0;
  }

  /** A living product's address goes before a redirect of another one. */
  async endRedirect(tx: Transaction, slug: string): Promise<void> {
    await tx.execute('DELETE FROM product_slugs WHERE slug = ?', [slug]);
  }

  async redirect(tx: Transaction, formerSlug: string, productId: number): Promise<void> {
    await run(tx, sql`REPLACE INTO product_slugs SET ${assign({ slug: formerSlug, productId })}`);
  }
}

const run = (tx: Transaction, { text, params }: Sql) => tx.execute(text, params);
