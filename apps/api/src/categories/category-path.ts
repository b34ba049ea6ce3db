import { jsonValue, type Sql, sql } from '@prior/database';
import type { CategoryStep } from './dto/category-output';

/**
 * A column with the way from the root down to a category, itself included: for rows that are read together with it, in
 * one statement. {@link pathIn} reads it.
 *
 * @param id the category's, as a column of the statement
 */
export const pathColumn = (id: Sql): Sql =>
  sql`(SELECT JSON_ARRAYAGG(JSON_OBJECT('depth', way.depth, 'id', above.id, 'name', above.name, 'slug', above.slug))
         FROM category_closure way JOIN categories above ON above.id = way.ancestorId
        WHERE way.descendantId = ${id})`;

/** @param column of {@link pathColumn}; NULL, and an empty way, where there is no such category */
export function pathIn(column: unknown): CategoryStep[] {
  const steps = (jsonValue(column) ?? []) as (CategoryStep & { depth: number })[];
  // The aggregate has no order of its own.
  return steps.sort((a, b) => b.depth - a.depth).map(({ id, name, slug }) => ({ id, name, slug }));
}
