import { Injectable } from '@nestjs/common';
import { type Reader, readerOf, type Transaction } from '@prior/database';
import { EmptyAnswer, Moved, Problem } from '@prior/http';
import { CategoriesRepository } from '../categories';
import { Product } from './product.entity';
import type { ProductFacts } from './products.events';
import { ProductsReadRepository } from './products-read.repository';

/** The path of something of a product, below its own address: `''`, `/reviews`. */
const addressOf = (slug: string, below: string): string =>
  `/api/products/${encodeURIComponent(slug)}${below}`;

/** Finds products for whoever has something to do with one. */
@Injectable()
export class ProductLookup {
  constructor(
    private readonly products: ProductsReadRepository,
    private readonly categories: CategoriesRepository,
  ) {}

  /**
   * For readers who found nothing at a slug.
   *
   * @param below what they wanted below the product's address
   * @returns the Moved (301) to a renamed product's present address, or the Problem product_not_found
   */
  async missing(reader: Reader, slug: string, below = ''): Promise<Moved | Problem> {
    const present = await this.products.presentSlug(reader, slug);
    return present === undefined
      ? new Problem('product_not_found', { params: { slug } })
      : new Moved(addressOf(present, below));
  }

  /**
   * The product's row, locked until the transaction ends.
   *
   * @throws Problem product_not_found; a redirect from a former slug, 308, which keeps the method (RFC 9110, 15.4.9)
   */
  async lock(tx: Transaction, slug: string, below = ''): Promise<Product> {
    const product = await tx.manager.findOne(Product, {
      where: { slug },
      lock: { mode: 'pessimistic_write' },
    });
    if (product) return product;
    const missing = await this.missing(readerOf(tx), slug, below);
    throw missing instanceof Moved ? new EmptyAnswer(308, { location: missing.location }) : missing;
  }

  /** What a write of these products has to know for its tags. Locks the tree: its categories stay where they are. */
  async facts(
    tx: Transaction,
    products: readonly Pick<Product, 'id' | 'slug' | 'categoryId'>[],
  ): Promise<ProductFacts[]> {
    await this.categories.holdTree(tx);
    const reader = readerOf(tx);
    const formerSlugs = await this.products.formerSlugs(
      reader,
      products.map(({ id }) => id),
    );
    const paths = await this.categories.paths(
      reader,
      products.flatMap(({ categoryId }) => categoryId ?? []),
    );
    return products.map(({ id, slug, categoryId }) => ({
      id,
      slug,
      formerSlugs: formerSlugs.get(id) ?? [],
      categories: (categoryId === null ? undefined : paths.get(categoryId)) ?? [],
    }));
  }

  async factsOf(
    tx: Transaction,
    product: Pick<Product, 'id' | 'slug' | 'categoryId'>,
  ): Promise<ProductFacts> {
    const [facts] = await this.facts(tx, [product]);
    if (!facts) throw new Error('Facts of one product are one');
    return facts;
  }
}
