import { columnsOf, installTriggers, rebuildDerived } from '@prior/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addIndexes, listIndexes } from './indexes';
import { editorOf, noWayBack } from './support';

/** Closure, listing and totals, the triggers that keep them, and their first filling. */
export class DerivedTables1700000000004 implements MigrationInterface {
  readonly name = 'DerivedTables1700000000004';

  async up(queryRunner: QueryRunner): Promise<void> {
    const editor = await editorOf(queryRunner);
    const products = await columnsOf(editor.query, 'products');
    const type = (column: string, otherwise: string) => products.get(column)?.fullType ?? otherwise;
    const categoryId = (await columnsOf(editor.query, 'categories')).get('id')?.fullType ?? 'int';
    await editor.createTable(
      'category_closure',
      `ancestorId ${categoryId} NOT NULL, descendantId ${categoryId} NOT NULL, depth INT NOT NULL,
       PRIMARY KEY (ancestorId, descendantId), INDEX idx_closure_descendant (descendantId)`,
    );
    await editor.createTable(
      'category_tree',
      'id TINYINT NOT NULL, moves BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (id)',
    );
    await editor.query('INSERT IGNORE INTO category_tree (id) VALUES (1)');
    await editor.createTable(
      'product_listing',
      `categoryId ${categoryId} NOT NULL, productId ${type('id', 'int')} NOT NULL, inStock TINYINT NOT NULL,
       created_at ${type('created_at', 'datetime(3)')} NOT NULL, updatedPrice ${type('updatedprice', 'decimal(12,2)')} NOT NULL,
       rating ${type('rating', 'decimal(3,2)')} NOT NULL, reviewCount INT NOT NULL, PRIMARY KEY (categoryId, productId)`,
    );
    await addIndexes(editor, { product_listing: listIndexes['product_listing'] ?? {} });
    await editor.createTable(
      'category_totals',
      `categoryId ${categoryId} NOT NULL, products INT NOT NULL DEFAULT 0, inStock INT NOT NULL DEFAULT 0,
       PRIMARY KEY (categoryId)`,
    );
    await installTriggers(editor.query);
    // From here on writers are followed by the triggers; what was there before is made now.
    await rebuildDerived(editor.query, {
      onProgress: (done, total) => editor.announce(`listing and totals: ${done} of ${total} products`),
    });
  }

  down = noWayBack;
}
