import { defineEvent, now } from '@prior/database';

/** Cache tags of what shows reviews. Who drops which: docs/consistency-tags.md. */
export const reviewTags = {
  of: (productSlug: string) => `reviews:${productSlug}`,
};

interface ReviewFacts {
  readonly id: number;
  readonly productSlug: string;
}

const rule = ({ productSlug }: ReviewFacts) => now(reviewTags.of(productSlug));

/** The product's own `ratingMoved` is recorded beside these two. */
export const reviewWritten = defineEvent('review.written', rule);
export const reviewDeleted = defineEvent('review.deleted', rule);
