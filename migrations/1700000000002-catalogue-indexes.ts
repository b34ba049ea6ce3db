import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editorOf, noWayBack } from './support';

/**
 * The indexes of the lists. Those of products answer the whole catalogue, `inStock` first because every list asks for
 * it; a list of everything is the merge of its two ranges. Subtrees are answered by product_listing.
 */
export class CatalogueIndexes1700000000002 implements MigrationInterface {
  readonly name = 'CatalogueIndexes1700000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    const editor = await editorOf(queryRunner);
    await editor.addIndexes('products', {
      uq_products_slug: 'UNIQUE INDEX (slug)',
      idx_products_category_id: 'INDEX (categoryId)',
      idx_products_stock_created: 'INDEX (inStock, created_at, id)',
      idx_products_stock_price: 'INDEX (inStock, updatedPrice, id)',
      idx_products_stock_rating: 'INDEX (inStock, rating, id)',
      idx_products_stock_reviews: 'INDEX (inStock, reviewCount, id)',
    });
    await editor.addIndexes('categories', {
      uq_categories_slug: 'UNIQUE INDEX (slug)',
      idx_categories_parent: 'INDEX (parentId)',
    });
    await editor.addIndexes('reviews', {
      idx_reviews_product: 'INDEX (product_id, created_at, id)',
      uq_reviews_author: 'UNIQUE INDEX (product_id, author)',
    });
  }

  down = noWayBack;
}
