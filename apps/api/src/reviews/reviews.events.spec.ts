import { reviewDeleted, reviewWritten } from './reviews.events';

/** The product's own facts are dropped by its `ratingMoved`, recorded beside these. */
it.each([reviewWritten, reviewDeleted])('a write of a review drops the reviews of its product', (event) =>
  expect(event({ id: 1, productSlug: 'shirt' }).drops).toEqual([{ tag: 'reviews:shirt', when: 'now' }]),
);
