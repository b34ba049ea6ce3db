import type { Reader, ReadRouter, ReadSession } from '@prior/database';
import { LoadContext } from '@prior/http';
import { CategoriesRepository } from '../categories';
import { listQuery } from './dto/list-query';
import { ProductsListRepository } from './products-list.repository';
import { ProductsListService } from './products-list.service';
import { ProductsReadRepository } from './products-read.repository';
import { ProductsSearchRepository } from './products-search.repository';

/** What is there to be asked for. */
export interface ProductSample {
  readonly id: number;
  readonly slug: string;
  readonly categoryId: number;
  readonly category: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly word: string;
}

type Work = (reader: Reader, sample: ProductSample) => Promise<unknown>;

/** A list as the service reads it, by whoever is the reader. */
const list =
  (query: (sample: ProductSample) => Readonly<Record<string, string>>): Work =>
  async (reader, sample) => {
    const router: Pick<ReadRouter, 'read'> = { read: (_load, work) => work(reader as ReadSession) };
    const lists = new ProductsListService(
      router as ReadRouter,
      new ProductsListRepository(),
      new ProductsSearchRepository(),
      new ProductsReadRepository(),
      new CategoriesRepository(),
    );
    return lists.list(new LoadContext(), listQuery.parse(query(sample)));
  };

/** The reads that most requests for products come down to, by the request: for whoever wants their plans. */
export const productReads: Readonly<Record<string, Work>> = {
  'GET /products': list(() => ({})),
  'GET /products?inStock=false': list(() => ({ inStock: 'false' })),
  'GET /products?category': list(({ category }) => ({ category })),
  'GET /products?category&sort=price': list(({ category }) => ({ category, sort: 'price' })),
  'GET /products?category&sort=rating': list(({ category }) => ({ category, sort: 'rating' })),
  'GET /products?sort=popular': list(() => ({ sort: 'popular' })),
  'GET /products?minPrice&maxPrice': list(({ minPrice, maxPrice }) => ({ minPrice, maxPrice })),
  'GET /products?q': list(({ word }) => ({ q: word })),
  'GET /products?ids': list(({ id }) => ({ ids: String(id) })),
  'GET /products/:slug': async (reader, { slug }) => {
    const products = new ProductsReadRepository();
    await products.detail(reader, slug);
    await products.presentSlug(reader, slug);
  },
};
