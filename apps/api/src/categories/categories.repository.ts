import { Injectable } from '@nestjs/common';
import { assign, type Reader, sql, type Transaction } from '@prior/database';
import { Category } from './category.entity';
import type { CategoryStep } from './dto/category-output';

export interface CountedCategory {
  id: number;
  name: string;
  slug: string;
  parentId: number | null;
  products: number;
  inStock: number;
}

export interface CategoryRow extends CountedCategory {
  rev: number;
  created_at: Date;
  updated_at: Date;
}

const COUNTED = `c.id, c.name, c.slug, c.parentId, COALESCE(t.products, 0) AS products, COALESCE(t.inStock, 0) AS inStock`;
const WITH_COUNTS = 'FROM categories c LEFT JOIN category_totals t ON t.categoryId = c.id';

/** All SQL about categories; other features ask it for a category's place. */
@Injectable()
export class CategoriesRepository {
  /** Every category, by name. As many rows as there are categories: a tree is shown as a whole. */
  all(reader: Reader): Promise<CountedCategory[]> {
    return reader.query('categories.all', `SELECT ${COUNTED} ${WITH_COUNTS} ORDER BY c.name, c.id`);
  }

  async bySlug(reader: Reader, slug: string): Promise<CategoryRow | undefined> {
    const [row] = await reader.query<CategoryRow>(
      'categories.bySlug',
      `SELECT ${COUNTED}, c.rev, c.created_at, c.updated_at ${WITH_COUNTS} WHERE c.slug = ?`,
      [slug],
    );
    return row;
  }

  children(reader: Reader, id: number): Promise<CountedCategory[]> {
    return reader.query(
      'categories.children',
      `SELECT ${COUNTED} ${WITH_COUNTS} WHERE c.parentId = ? ORDER BY c.name, c.id`,
      [id],
    );
  }

  /** For each category the way from the root down to it, itself included; empty where there is no such category. */
  async paths(reader: Reader, ids: readonly number[]): Promise<Map<number, CategoryStep[]>> {
    const paths = new Map(ids.map((id): [number, CategoryStep[]] => [id, []]));
    if (paths.size === 0) return paths;
    const rows = await reader.query<CategoryStep & { below: number }>(
      'categories.paths',
      `SELECT x.descendantId AS below, c.id, c.name, c.slug
         FROM category_closure x JOIN categories c ON c.id = x.ancestorId
        WHERE x.descendantId IN (?) ORDER BY x.depth DESC`,
      [[...paths.keys()]],
    );
    for (const { below, ...step } of rows) paths.get(below)?.push(step);
    return paths;
  }

  /** Those of them that are there. */
  async refs(reader: Reader, ids: readonly number[]): Promise<{ id: number; slug: string }[]> {
    return ids.length === 0
      ? []
      : reader.query('categories.refs', 'SELECT id, slug FROM categories WHERE id IN (?)', [ids]);
  }

  /** @param id null for a product without a category */
  async path(reader: Reader, id: number | null): Promise<CategoryStep[]> {
    return id === null ? [] : ((await this.paths(reader, [id])).get(id) ?? []);
  }

  /** @param by its id or slug */
  async idOf(reader: Reader, by: number | string): Promise<number | undefined> {
    const column = typeof by === 'number' ? 'id' : 'slug';
    const [row] = await reader.query<{ id: number }>(
      'categories.idOf',
      `SELECT id FROM categories WHERE ${column} = ?`,
      [by],
    );
    return row?.id;
  }

  /** Until the transaction ends no category moves, goes, or gets another slug: the tags of a write stay right. */
  async holdTree(tx: Transaction): Promise<void> {
    await tx.query('SELECT moves FROM category_tree WHERE id = 1 LOCK IN SHARE MODE');
  }

  /** Waits for everybody in `holdTree` and keeps them waiting. */
  async lockTree(tx: Transaction): Promise<void> {
    await tx.query('SELECT moves FROM category_tree WHERE id = 1 FOR UPDATE');
  }

  lock(tx: Transaction, slug: string): Promise<Category | null> {
    return tx.manager.findOne(Category, { where: { slug }, lock: { mode: 'pessimistic_write' } });
  }

  async isBelow(tx: Transaction, id: number, ancestorId: number): Promise<boolean> {
    const rows = await tx.query('SELECT 1 FROM category_closure WHERE ancestorId = ? AND descendantId = ?', [
      ancestorId,
      id,
    ]);
    return rows.length > 0;
  }

  /** What a category holds: its products, those below it included, and its direct children. */
  async contents(tx: Transaction, id: number): Promise<{ products: number; children: number }> {
    const [row] = await tx.query<{ products: number | null; children: number }>(
      `SELECT (SELECT products FROM category_totals WHERE categoryId = ?) AS products,
              (SELECT COUNT(*) FROM categories WHERE parentId = ?) AS children`,
      [id, id],
    );
    return { products: row?.products ?? 0, children: row?.children ?? 0 };
  }

  async insert(
    tx: Transaction,
    values: { name: string; slug: string; parentId: number | null },
  ): Promise<number> {
    const { text, params } = sql`INSERT INTO categories SET ${assign(values)}`;
    return (await tx.execute(text, params)).insertId;
  }

  async update(
    tx: Transaction,
    id: number,
    values: Readonly<Record<string, string | number | null>>,
  ): Promise<void> {
    if (Object.keys(values).length === 0) return;
    const { text, params } = sql`UPDATE categories SET ${assign(values)} WHERE id = ${id}`;
    await tx.execute(text, params);
  }

  async delete(tx: Transaction, id: number): Promise<void> {
    await tx.execute('DELETE FROM categories WHERE id = ?', [id]);
  }
}
