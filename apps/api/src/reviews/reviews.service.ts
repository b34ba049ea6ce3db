import { Injectable } from '@nestjs/common';
import { DUPLICATE_KEY, ReadRouter, readerOf, sqlErrno, UnitOfWork } from '@prior/database';
import {
  cursorId,
  cursorTime,
  decodeCursor,
  encodeCursor,
  type LoadContext,
  type Principal,
  Problem,
} from '@prior/http';
import { z } from 'zod';
import { ProductLookup, ratingMoved } from '../products';
import type { NewReview, Review, ReviewList, ReviewsQuery } from './dto/reviews';
import { reviewDeleted, reviewWritten } from './reviews.events';
import { type ReviewPosition, ReviewsRepository } from './reviews.repository';

const SORT = 'reviews';
const BELOW = '/reviews';
const bookmark = z.tuple([cursorTime, cursorId]);

@Injectable()
export class ReviewsService {
  constructor(
    private readonly router: ReadRouter,
    private readonly work: UnitOfWork,
    private readonly reviews: ReviewsRepository,
    private readonly lookup: ProductLookup,
  ) {}

  /** @throws Problem product_not_found, invalid_cursor; Moved from a former slug */
  list(load: LoadContext, slug: string, { limit, cursor }: ReviewsQuery): Promise<ReviewList> {
    const after = cursor === undefined ? undefined : positionOf(cursor);
    return this.router.read(load, async (session) => {
      const product = await this.reviews.product(session, slug);
      if (!product) throw await this.lookup.missing(session, slug, BELOW);
      const rows = await this.reviews.page(session, product.id, limit, after);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        reviews: rows.slice(0, limit),
        total: product.reviewCount,
        rating: product.rating,
        nextCursor: last ? encodeCursor(SORT, [last.time, last.id]) : null,
      };
    });
  }

  /** @throws Problem product_not_found, already_reviewed */
  write(slug: string, input: NewReview, { subject, name }: Principal): Promise<Review> {
    return this.work.run(async (tx) => {
      const product = await this.lookup.lock(tx, slug, BELOW);
      const author = { author: subject, authorName: name ?? null };
      const id = await this.reviews
        .insert(tx, { ...input, product_id: product.id, ...author })
        .catch((error: unknown) => {
          throw sqlErrno(error) === DUPLICATE_KEY ? new Problem('already_reviewed', { cause: error }) : error;
        });
      tx.record(reviewWritten({ id, productSlug: slug }));
      tx.record(ratingMoved(await this.lookup.factsOf(tx, product)));
      const review = await this.reviews.byId(readerOf(tx), id);
      if (!review) throw new Error(`Review ${id} was just written and is not there`);
      return review;
    });
  }

  /** @throws Problem product_not_found, review_not_found, forbidden for anybody but its author and admins */
  delete(slug: string, id: number, { subject, role }: Principal): Promise<void> {
    return this.work.run(async (tx) => {
      const product = await this.lookup.lock(tx, slug, `${BELOW}/${id}`);
      const review = await this.reviews.lock(tx, product.id, id);
      if (!review) throw new Problem('review_not_found', { params: { id } });
      if (role !== 'admin' && review.author !== subject)
        throw new Problem('forbidden', { detail: 'Only its author may delete a review.' });
      await this.reviews.delete(tx, id);
      tx.record(reviewDeleted({ id, productSlug: slug }));
      tx.record(ratingMoved(await this.lookup.factsOf(tx, product)));
    });
  }
}

function positionOf(cursor: string): ReviewPosition {
  const [time, id] = decodeCursor(cursor, SORT, bookmark);
  return { time, id };
}
