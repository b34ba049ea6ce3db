import { SetMetadata } from '@nestjs/common';
import type { WorkClass } from '@prior/http';
import type { ZodType } from 'zod';

/** A route's parameters as they stand in the path, decoded. */
export type RawParams = Readonly<Record<string, string>>;

/** What a cached handler was asked, by the schemas of its options: the same for every spelling of the same question. */
export interface CachedInput<Query = unknown, Params = RawParams> {
  readonly params: Params;
  readonly query: Query;
}

export interface CachedOptions<Query = unknown, Value = unknown, Params = RawParams> {
  /** Which of the configured lifetimes (CACHE_TTL_LIST_S, CACHE_TTL_DETAIL_S). */
  readonly ttl: 'list' | 'detail';
  /** The schema of the handler's `@Query`: parsed, it is part of the cache key; unknown parameters are not. */
  readonly query?: ZodType<Query>;
  /**
   * The schema of the path's parameters, wherever `@Param` has one: without it `/01` would be kept under other tags than
   * `/1`, and no write would drop them. A handler that lacks it is refused at start. Not needed for slugs, which are
   * looked up as they are.
   */
  readonly params?: ZodType<Params>;
  /**
   * The facts that the answer shows. They must follow from the question alone, because their versions are taken
   * before the database is read.
   */
  readonly tags: (input: CachedInput<Query, Params>) => readonly string[];
  /** Importance of the load under overload; default `list`. */
  readonly workClass?: (input: CachedInput<Query, Params>) => WorkClass;
  /** Goes in front of the ETag's hash: `r7.12-`, so that If-Match can be compared with a row's `id` and `rev`. */
  readonly etagPrefix?: (value: Value) => string;
  /** Further headers of the answer, kept with it: Link. */
  readonly headers?: (value: Value, input: CachedInput<Query, Params>) => Readonly<Record<string, string>>;
}

export const CACHED = Symbol('prior:cached');

/**
 * Caches the handler's answer in both tiers until one of its tags is dropped, or its time is up. For public GET
 * handlers only: one that is also guarded by `@Roles` is refused at start.
 *
 * @example
 * @Get(':slug')
 * @Answer(productDetail)
 * @Cached({ ttl: 'detail', tags: ({ params }) => [tags.product(params.slug!)] })
 */
export const Cached = <Query, Value = unknown, Params = RawParams>(
  options: CachedOptions<Query, Value, Params>,
): MethodDecorator => SetMetadata(CACHED, options);
