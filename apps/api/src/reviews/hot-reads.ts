import type { Reader } from '@prior/database';
import { ReviewsRepository } from './reviews.repository';

const PAGE = 20;

/** The reads of requests for reviews, by the request: for whoever wants their plans. */
export const reviewReads: Readonly<
  Record<string, (reader: Reader, sample: { readonly slug: string; readonly id: number }) => Promise<unknown>>
> = {
  'GET /products/:slug/reviews': async (reader, { slug, id }) => {
    const reviews = new ReviewsRepository();
    await reviews.product(reader, slug);
    await reviews.page(reader, id, PAGE, undefined);
  },
};
