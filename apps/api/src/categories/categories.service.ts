import { Injectable } from '@nestjs/common';
import { type Reader, ReadRouter, readerOf, type Transaction, UnitOfWork } from '@prior/database';
import { assertRev, type LoadContext, Problem } from '@prior/http';
import { insertWithSlug, refusingTaken } from '../slugs';
import { categoryChanged, categoryCreated, categoryDeleted, type CategoryPlace } from './categories.events';
import { CategoriesRepository } from './categories.repository';
import type { Category } from './category.entity';
import type { CategoryChanges, NewCategory } from './dto/category-input';
import type { CategoryDetail, CategoryNode, CategoryTree } from './dto/category-output';

const unknown = (category: string) => new Problem('category_not_found', { params: { category } });
const wrongParent = () =>
  new Problem('validation_failed', { errors: [{ field: 'parentId', message: 'There is no such category' }] });

@Injectable()
export class CategoriesService {
  constructor(
    private readonly router: ReadRouter,
    private readonly work: UnitOfWork,
    private readonly categories: CategoriesRepository,
  ) {}

  tree(load: LoadContext): Promise<CategoryTree> {
    return this.router.read(load, async (session) => {
      const rows = await this.categories.all(session);
      const nodes = new Map(rows.map((row): [number, CategoryNode] => [row.id, { ...row, children: [] }]));
      const roots: CategoryNode[] = [];
      for (const node of nodes.values()) {
        const parent = node.parentId === null ? undefined : nodes.get(node.parentId);
        // One whose parent is missing still shows, as a root.
        (parent?.children ?? roots).push(node);
      }
      return { categories: roots };
    });
  }

  /** @throws Problem category_not_found */
  detail(load: LoadContext, slug: string): Promise<CategoryDetail> {
    return this.router.read(load, (session) => this.detailIn(session, slug));
  }

  private async detailIn(reader: Reader, slug: string): Promise<CategoryDetail> {
    const row = await this.categories.bySlug(reader, slug);
    if (!row) throw unknown(slug);
    const path = await this.categories.path(reader, row.id);
    const children = await this.categories.children(reader, row.id);
    return { ...row, path, children };
  }

  /** @throws Problem slug_taken, validation_failed for a parent that is not there */
  create(input: NewCategory): Promise<CategoryDetail> {
    return this.work.run(async (tx) => {
      await this.categories.holdTree(tx);
      await this.assertParent(tx, input.parentId);
      const { name, parentId } = input;
      const created = await insertWithSlug({ slug: input.slug, name, otherwise: 'category' }, (slug) =>
        this.categories.insert(tx, { name, slug, parentId }),
      );
      tx.record(categoryCreated(created));
      return this.detailIn(readerOf(tx), created.slug);
    });
  }

  /**
   * @param ifMatch the header If-Match, if there is one
   * @throws Problem category_not_found, precondition_failed, slug_taken, category_cycle, validation_failed
   */
  change(slug: string, changes: CategoryChanges, ifMatch: string | undefined): Promise<CategoryDetail> {
    return this.work.run(async (tx) => {
      await this.categories.lockTree(tx);
      const category = await this.locked(tx, slug, ifMatch);
      const before = await this.place(tx, category);
      if (changes.parentId !== undefined && changes.parentId !== category.parentId) {
        await this.assertParent(tx, changes.parentId);
        if (changes.parentId !== null && (await this.categories.isBelow(tx, changes.parentId, category.id)))
          throw new Problem('category_cycle');
      }
      const newSlug = changes.slug ?? slug;
      await refusingTaken(newSlug, () => this.categories.update(tx, category.id, changes));
      const after = await this.detailIn(readerOf(tx), newSlug);
      if (after.rev !== category.rev) tx.record(categoryChanged({ before, after }));
      return after;
    });
  }

  /** @throws Problem category_not_found, precondition_failed, category_not_empty */
  delete(slug: string, ifMatch: string | undefined): Promise<void> {
    return this.work.run(async (tx) => {
      await this.categories.lockTree(tx);
      const category = await this.locked(tx, slug, ifMatch);
      const { products, children } = await this.categories.contents(tx, category.id);
      if (products > 0 || children > 0) {
        const counts = { products, children };
        throw new Problem('category_not_empty', { params: counts, extensions: counts });
      }
      await this.categories.delete(tx, category.id);
      tx.record(categoryDeleted({ id: category.id, slug }));
    });
  }

  private async locked(tx: Transaction, slug: string, ifMatch: string | undefined): Promise<Category> {
    const category = await this.categories.lock(tx, slug);
    if (!category) throw unknown(slug);
    assertRev(ifMatch, category);
    return category;
  }

  private async place(tx: Transaction, { id, slug }: Category): Promise<CategoryPlace> {
    return { id, slug, path: await this.categories.path(readerOf(tx), id) };
  }

  private async assertParent(tx: Transaction, parentId: number | null): Promise<void> {
    if (parentId !== null && (await this.categories.idOf(readerOf(tx), parentId)) === undefined)
      throw wrongParent();
  }
}
