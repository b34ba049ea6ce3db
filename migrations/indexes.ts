import type { SchemaEditor } from '@prior/database';

type Indexes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The indexes of the lists. Those of products answer the whole catalogue, `inStock` first because every list asks for
 * it; a list of everything is the merge of its two ranges. Subtrees are answered by product_listing.
 */
export const listIndexes: Indexes = {
  products: {
    idx_products_category_id: 'INDEX (categoryId)',
    idx_products_stock_created: 'INDEX (inStock, created_at, id)',
    idx_products_stock_price: 'INDEX (inStock, updatedPrice, id)',
    idx_products_stock_rating: 'INDEX (inStock, rating, id)',
    idx_products_stock_reviews: 'INDEX (inStock, reviewCount, id)',
  },
  product_listing: {
    idx_listing_created: 'INDEX (categoryId, inStock, created_at, productId)',
    idx_listing_price: 'INDEX (categoryId, inStock, updatedPrice, productId)',
    idx_listing_rating: 'INDEX (categoryId, inStock, rating, productId)',
    idx_listing_reviews: 'INDEX (categoryId, inStock, reviewCount, productId)',
  },
};

/** Alone, because building it locks the table against writes. */
export const fullTextIndex: Indexes = {
  products: { ft_products_search: 'FULLTEXT INDEX (searchText)' },
};

/** Keys that keep what they promise even while a bulk load runs. */
export const keyIndexes: Indexes = {
  products: { uq_products_slug: 'UNIQUE INDEX (slug)' },
  categories: { uq_categories_slug: 'UNIQUE INDEX (slug)', idx_categories_parent: 'INDEX (parentId)' },
  reviews: {
    idx_reviews_product: 'INDEX (product_id, created_at, id)',
    uq_reviews_author: 'UNIQUE INDEX (product_id, author)',
  },
};

/** Adds whatever is missing of these. */
export async function addIndexes(editor: SchemaEditor, ...groups: Indexes[]): Promise<void> {
  for (const group of groups) {
    for (const [table, indexes] of Object.entries(group)) await editor.addIndexes(table, indexes);
  }
}

/** For a bulk load: building an index once is many times cheaper than growing it row by row. */
export async function dropLoadedIndexes(editor: SchemaEditor): Promise<void> {
  for (const group of [fullTextIndex, listIndexes]) {
    for (const [table, indexes] of Object.entries(group))
      await editor.dropIndexes(table, Object.keys(indexes));
  }
}
