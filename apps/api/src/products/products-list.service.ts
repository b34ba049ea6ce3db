import { Injectable } from '@nestjs/common';
import { matchQuery, ReadRouter, type ReadSession } from '@prior/database';
import { type LoadContext, MAX_OFFSET_ROWS, offsetOf, Problem } from '@prior/http';
import { CategoriesRepository } from '../categories';
import type { ListQuery, Sort } from './dto/list-query';
import type { ProductList, ProductSummary } from './dto/product-output';
import { cursorOf, readCursor } from './list-cursor';
import { catalogue, type Listing, type Position, type PriceRange, subtree } from './listing.sql';
import { MAX_WALK, type Page, ProductsListRepository, type Total } from './products-list.repository';
import { ProductsReadRepository } from './products-read.repository';
import { type Hit, ProductsSearchRepository } from './products-search.repository';

/** What all ways of listing hand in. */
interface Found {
  readonly products: readonly ProductSummary[];
  readonly total: Total;
  readonly next?: Position;
}

/** Where in the list the wanted page is. */
interface Place {
  readonly page: number;
  readonly offset: number;
  readonly after?: Position;
}

/** `GET /products`: which of the ways to read a list is bounded for what was asked. */
@Injectable()
export class ProductsListService {
  constructor(
    private readonly router: ReadRouter,
    private readonly lists: ProductsListRepository,
    private readonly search: ProductsSearchRepository,
    private readonly products: ProductsReadRepository,
    private readonly categories: CategoriesRepository,
  ) {}

  /** @throws Problem category_not_found, offset_too_deep, invalid_cursor */
  async list(load: LoadContext, asked: ListQuery): Promise<ProductList> {
    const place = placeOf(asked);
    const found = await this.router.read(load, (session) => this.find(session, asked, place));
    const { total } = found;
    return {
      products: [...found.products],
      total: total.count,
      ...(!total.exact && { totalIsLowerBound: true as const }),
      page: place.page,
      totalPages: Math.ceil(total.count / asked.limit),
      nextCursor: found.next ? cursorOf(asked.sort, found.next, place.page + 1) : null,
    };
  }

  private async find(session: ReadSession, asked: ListQuery, place: Place): Promise<Found> {
    const { ids, slugs, inStock } = asked;
    if (ids || slugs) {
      const products = ids
        ? await this.products.summaries(session, 'id', ids, inStock)
        : await this.products.summaries(session, 'slug', slugs ?? [], inStock);
      return { products, total: { count: products.length, exact: true } };
    }
    const isIn = asked.categoryId ?? asked.category;
    const categoryId = isIn === undefined ? undefined : await this.categoryIn(session, isIn);
    if (asked.q !== undefined) return this.matching(session, asked, asked.q, categoryId, place);
    return this.browse(session, {
      scope: categoryId === undefined ? catalogue : subtree(categoryId),
      inStock,
      // Only a search knows relevance.
      sort: asked.sort as Sort,
      price: priceOf(asked),
      after: place.after,
      offset: place.offset,
      limit: asked.limit,
    });
  }

  private async categoryIn(session: ReadSession, category: number | string): Promise<number> {
    const id = await this.categories.idOf(session, category);
    if (id === undefined) throw new Problem('category_not_found', { params: { category } });
    return id;
  }

  private browse(session: ReadSession, listing: Listing): Promise<Found> {
    return listing.price ? this.inRange(session, listing) : this.lists.pageAndTotal(session, listing);
  }

  private async inRange(session: ReadSession, listing: Listing): Promise<Found> {
    const all = await this.lists.scopeTotal(session, listing);
    const total = await this.lists.rangeTotal(session, listing);
    if (total.count === 0) return { products: [], total };
    return { ...(await this.priced(session, listing, total, all)), total };
  }

  /**
   * A price range in another order than price has no index of its own. Either the range is small enough to be sorted,
   * or products in it come so often in the wanted order that a walk there finds them soon; whichever reads less.
   *
   * @throws Problem offset_too_deep when a page number lies beyond the longest walk
   */
  private async priced(session: ReadSession, listing: Listing, total: Total, all: number): Promise<Page> {
    const { sort, offset, limit } = listing;
    if (sort === 'price' || sort === '-price') return this.lists.page(session, listing);
    const expected = Math.ceil(((offset + limit + 1) * all) / total.count);
    if (total.exact && total.count <= expected) return this.lists.pageBySorting(session, listing);
    // Prices may go with the order; then a small range is sorted after all.
    const most = total.exact ? total.count : MAX_WALK;
    const page = await this.lists.pageByWalking(session, listing, expected, most);
    if (!page.cutShort) return page;
    if (total.exact) return this.lists.pageBySorting(session, listing);
    if (offset > 0) throw new Problem('offset_too_deep', { params: { max: MAX_OFFSET_ROWS } });
    return page;
  }

  private async matching(
    session: ReadSession,
    asked: ListQuery,
    q: string,
    categoryId: number | undefined,
    place: Place,
  ): Promise<Found> {
    const match = matchQuery(q);
    if (match === null) return { products: [], total: { count: 0, exact: true } };
    const { inStock, sort } = asked;
    const { after } = place;
    const price = priceOf(asked);
    const { hits, complete } = await this.search.hits(session, {
      match,
      categoryId,
      inStock,
      price,
      sort,
      after,
    });
    const start = startOf(hits, sort, place);
    const end = start + asked.limit;
    const page = hits.slice(start, end);
    const products = await this.products.summaries(
      session,
      'id',
      page.map(({ id }) => id),
    );
    const last = hits.length > end ? page.at(-1) : undefined;
    return {
      products,
      total: { count: hits.length, exact: complete },
      ...(last && { next: { id: last.id, key: sort === 'relevance' ? String(end) : last.key } }),
    };
  }
}

function placeOf({ cursor, page, limit, sort }: ListQuery): Place {
  if (cursor !== undefined) return { offset: 0, ...readCursor(cursor, sort) };
  return { page, offset: offsetOf(page, limit) };
}

function priceOf({ minPrice, maxPrice }: ListQuery): PriceRange | undefined {
  return minPrice === undefined && maxPrice === undefined ? undefined : { min: minPrice, max: maxPrice };
}

/** Index of the first wanted hit. */
function startOf(hits: readonly Hit[], sort: ListQuery['sort'], { after, offset }: Place): number {
  if (!after) return offset;
  if (sort === 'relevance') {
    const last = hits.findIndex(({ id }) => id === after.id);
    // It may be gone; then where it was.
    return last === -1 ? Number(after.key) : last + 1;
  }
  const next = hits.findIndex((hit) => Number(hit.behind) === 1);
  return next === -1 ? hits.length : next;
}
