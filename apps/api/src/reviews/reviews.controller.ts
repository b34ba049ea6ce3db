import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiMovedPermanentlyResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiPermanentRedirectResponse,
  ApiTags,
} from '@nestjs/swagger';
import { Cached, Load } from '@prior/cache';
import { MAX_INT } from '@prior/database';
import {
  Answer,
  ApiProblems,
  CurrentUser,
  linkHeader,
  type LoadContext,
  type Principal,
  queryInt,
  Roles,
} from '@prior/http';
import type { FastifyReply } from 'fastify';
import { productTags } from '../products';
import {
  newReview,
  type NewReview,
  review,
  type Review,
  reviewList,
  type ReviewList,
  reviewsQuery,
  type ReviewsQuery,
} from './dto/reviews';
import { reviewTags } from './reviews.events';
import { ReviewsService } from './reviews.service';

const text = { type: 'string' as const };
const RENAMED = { description: 'The product has another slug now: repeat the request there' };
const reviewId = queryInt({ min: 1, max: MAX_INT });
const addressOf = (slug: string): string => `/api/products/${encodeURIComponent(slug)}/reviews`;

@ApiTags('reviews')
@Controller('products/:slug/reviews')
export class ReviewsController {
  constructor(private readonly reviews: ReviewsService) {}

  @Get()
  @ApiOperation({ summary: 'Reviews of a product, newest first' })
  @Answer(reviewList, { headers: { Link: { description: '`next` (RFC 8288)', schema: text } } })
  @ApiMovedPermanentlyResponse(RENAMED)
  @ApiProblems('validation_failed', 'invalid_cursor', 'product_not_found')
  @Cached({
    ttl: 'list',
    query: reviewsQuery,
    tags: ({ params: { slug = '' } }) => [reviewTags.of(slug), productTags.at(slug)],
    headers: nextLink,
  })
  list(
    @Param('slug') slug: string,
    @Query({ schema: reviewsQuery }) asked: ReviewsQuery,
    @Load() load: LoadContext,
  ): Promise<ReviewList> {
    return this.reviews.list(load, slug, asked);
  }

  @Post()
  @Roles('customer')
  @ApiOperation({ summary: 'Review a product, once' })
  @ApiPermanentRedirectResponse(RENAMED)
  @Answer(review, {
    status: 201,
    description: 'Created',
    headers: { Location: { description: 'Where it can be deleted', schema: text } },
  })
  @ApiProblems('validation_failed', 'malformed_json', 'product_not_found', 'already_reviewed')
  async write(
    @Param('slug') slug: string,
    @Body({ schema: newReview }) input: NewReview,
    @CurrentUser() author: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Review> {
    const written = await this.reviews.write(slug, input, author);
    reply.header('location', `${addressOf(slug)}/${written.id}`);
    return written;
  }

  @Delete(':id')
  @Roles('customer', 'admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a review: its author, or an admin' })
  @ApiPermanentRedirectResponse(RENAMED)
  @ApiNoContentResponse({ description: 'Gone' })
  @ApiProblems('validation_failed', 'product_not_found', 'review_not_found')
  delete(
    @Param('slug') slug: string,
    @Param('id', { schema: reviewId }) id: number,
    @CurrentUser() user: Principal,
  ): Promise<void> {
    return this.reviews.delete(slug, id, user);
  }
}

/** The next page, for answers that are kept as well. */
function nextLink(
  { nextCursor }: ReviewList,
  {
    params: { slug = '' },
    query: { limit },
  }: { params: Readonly<Record<string, string>>; query: ReviewsQuery },
): Record<string, string> {
  if (nextCursor === null) return {};
  return { link: linkHeader(addressOf(slug), { limit }, { next: { cursor: nextCursor } }) };
}
