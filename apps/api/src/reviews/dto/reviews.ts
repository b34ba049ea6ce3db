import { body, pageQuery, query, timestamp } from '@prior/http';
import { z } from 'zod';

const { limit, cursor } = pageQuery;
export const reviewsQuery = query({
  limit,
  cursor: cursor.meta({ description: '`nextCursor` of the page before' }),
});

export const review = z
  .object({
    id: z.int(),
    rating: z
      .number()
      .min(1)
      .max(5)
      .nullable()
      .meta({ description: 'null only for reviews of an older shop' }),
    title: z.string().nullable(),
    body: z.string().nullable(),
    authorName: z.string().nullable(),
    created_at: timestamp(),
  })
  .meta({ id: 'Review' });

export const reviewList = z
  .object({
    reviews: z.array(review).meta({ description: 'Newest first' }),
    total: z.int().meta({ description: '`reviewCount` of the product' }),
    rating: z.number().min(0).max(5).meta({ description: 'Mean of all reviews; 0 without any' }),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'ReviewList' });

export const newReview = body({
  rating: z.int().min(1).max(5),
  title: z.string().trim().max(255).nullable().default(null),
  body: z.string().trim().max(10_000).nullable().default(null),
}).meta({ id: 'NewReview' });

export type ReviewsQuery = z.output<typeof reviewsQuery>;
export type Review = z.output<typeof review>;
export type ReviewList = z.output<typeof reviewList>;
export type NewReview = z.output<typeof newReview>;
