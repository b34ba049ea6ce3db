import { Injectable } from '@nestjs/common';
import { type Reader, ReadRouter, readerOf, type Transaction, UnitOfWork } from '@prior/database';
import { assertRev, type LoadContext, Problem } from '@prior/http';
import { CategoriesRepository } from '../categories';
import { insertWithSlug, refusingTaken } from '../slugs';
import type { NewProduct, ProductChanges } from './dto/product-input';
import type { ProductDetail } from './dto/product-output';
import { changedColumns, columnsOf } from './product-columns';
import { ProductLookup } from './product-lookup';
import type { Product } from './product.entity';
import { productChanged, productCreated, productDeleted, stockMoved } from './products.events';
import { ProductsReadRepository } from './products-read.repository';
import { ProductsWriteRepository } from './products-write.repository';

@Injectable()
export class ProductsService {
  constructor(
    private readonly router: ReadRouter,
    private readonly work: UnitOfWork,
    private readonly products: ProductsReadRepository,
    private readonly writes: ProductsWriteRepository,
    private readonly lookup: ProductLookup,
    private readonly categories: CategoriesRepository,
  ) {}

  /** @throws Problem product_not_found; Moved from a former slug */
  detail(load: LoadContext, slug: string): Promise<ProductDetail> {
    return this.router.read(load, (session) => this.detailIn(session, slug));
  }

  private async detailIn(reader: Reader, slug: string): Promise<ProductDetail> {
    const product = await this.products.detail(reader, slug);
    if (!product) throw await this.lookup.missing(reader, slug);
    return product;
  }

  /** @throws Problem slug_taken, validation_failed for a category that is not there */
  create(input: NewProduct): Promise<ProductDetail> {
    return this.work.run(async (tx) => {
      await this.categories.holdTree(tx);
      await this.assertCategory(tx, input.categoryId);
      const columns = columnsOf(input);
      const { id, slug } = await insertWithSlug(
        { slug: input.slug, name: input.name, otherwise: 'product' },
        (free) => this.writes.insert(tx, { ...columns, slug: free }),
        (candidate) => this.writes.isFormerSlug(tx, candidate),
      );
      await this.writes.endRedirect(tx, slug);
      const { categoryId = null } = input;
      tx.record(productCreated(await this.lookup.factsOf(tx, { id, slug, categoryId })));
      return this.detailIn(readerOf(tx), slug);
    });
  }

  /**
   * @param ifMatch the header If-Match, if there is one
   * @throws Problem product_not_found, precondition_failed, slug_taken, validation_failed for a category that is not there
   */
  change(slug: string, changes: ProductChanges, ifMatch: string | undefined): Promise<ProductDetail> {
    return this.work.run(async (tx) => {
      const product = await this.locked(tx, slug, ifMatch);
      const before = await this.lookup.factsOf(tx, product);
      await this.assertCategory(tx, changes.categoryId);
      const columns = changedColumns(product, changes);
      const newSlug = changes.slug ?? slug;
      await refusingTaken(newSlug, () => this.writes.update(tx, product.id, columns));
      if (newSlug !== slug) {
        await this.writes.endRedirect(tx, newSlug);
        await this.writes.redirect(tx, slug, product.id);
      }
      const after = await this.detailIn(readerOf(tx), newSlug);
      if (after.rev === product.rev) return after;
      if (Object.keys(columns).every((column) => column === 'quantity')) {
        tx.record(stockMoved({ product: before, flipped: product.quantity > 0 !== after.quantity > 0 }));
      } else {
        tx.record(productChanged({ before, after: await this.lookup.factsOf(tx, after) }));
      }
      return after;
    });
  }

  /** @throws Problem product_not_found, precondition_failed */
  delete(slug: string, ifMatch: string | undefined): Promise<void> {
    return this.work.run(async (tx) => {
      const product = await this.locked(tx, slug, ifMatch);
      tx.record(productDeleted(await this.lookup.factsOf(tx, product)));
      await this.writes.delete(tx, product.id);
    });
  }

  private async locked(tx: Transaction, slug: string, ifMatch: string | undefined): Promise<Product> {
    const product = await this.lookup.lock(tx, slug);
    assertRev(ifMatch, product);
    return product;
  }

  /** The tree is held, so a category that is there now stays. */
  private async assertCategory(tx: Transaction, id: number | null | undefined): Promise<void> {
    if (id === null || id === undefined) return;
    if ((await this.categories.idOf(readerOf(tx), id)) !== undefined) return;
    throw new Problem('validation_failed', {
      errors: [{ field: 'categoryId', message: 'There is no such category' }],
    });
  }
}
