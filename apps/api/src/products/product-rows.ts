import { raw, type Sql, sql } from '@prior/database';
import type { ProductSummary } from './dto/product-output';

/** A row of SUMMARY_COLUMNS: DECIMAL as text, flags as 0 or 1. */
export interface ListedRow extends Omit<ProductSummary, 'hasDiscount' | 'rating'> {
  hasDiscount: number | boolean;
  rating: string | number;
}

/** Of `products p` and `categories c`. */
export const SUMMARY_COLUMNS = raw(
  `p.id, p.name, p.slug, p.thumbnail, p.unitPrice, p.updatedPrice, p.hasDiscount, p.quantity, p.categoryId,
   c.name AS categoryName, p.reviewCount, p.rating, p.created_at`,
);

/** Products in any order, with their categories. @param ids SELECT of `id` and more, found as `x` */
export const summariesOf = (ids: Sql): Sql =>
  sql`(${ids}) x STRAIGHT_JOIN products p ON p.id = x.id LEFT JOIN categories c ON c.id = p.categoryId`;

export const PRODUCTS = raw('products p LEFT JOIN categories c ON c.id = p.categoryId');

/** `rating` is a mean of two decimals, not an amount of money: as a number it is what it was. */
export const summaryOf = (row: ListedRow): ProductSummary => ({
  id: row.id,
  name: row.name,
  slug: row.slug,
  thumbnail: row.thumbnail,
  unitPrice: row.unitPrice,
  updatedPrice: row.updatedPrice,
  hasDiscount: Boolean(row.hasDiscount),
  quantity: row.quantity,
  categoryId: row.categoryId,
  categoryName: row.categoryName,
  reviewCount: row.reviewCount,
  rating: Number(row.rating),
  created_at: row.created_at,
});
