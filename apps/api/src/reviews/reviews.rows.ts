import { type RowRule, rowRule } from '@prior/cache';
import { reviewWritten } from './reviews.events';
import { ReviewsRepository } from './reviews.repository';

interface ReviewRow {
  readonly id: number;
  readonly product_id: number;
}

const reviews = new ReviewsRepository();

/** The product's counters are a change of the product's own row. A product that is gone says so itself. */
const reviewRows = rowRule<ReviewRow>({
  table: 'reviews',
  columns: ['id', 'product_id'],
  async drops(changes, primary) {
    const rows = changes.flatMap(({ before, after }) => [before, after].flatMap((row) => row ?? []));
    const slugs = await reviews.productSlugs(primary, [...new Set(rows.map((row) => row.product_id))]);
    return rows.flatMap(({ id, product_id }) => {
      const productSlug = slugs.get(product_id);
      return productSlug === undefined ? [] : reviewWritten.rule({ id, productSlug });
    });
  },
});

/** What changes by others in the database do to cached answers; the events are the same for writers of the API. */
export const reviewRowRules: readonly RowRule[] = [reviewRows];
