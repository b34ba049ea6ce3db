import { type RowRule, rowRule } from '@prior/cache';
import { now, type Reader, soon, type TagDrop } from '@prior/database';
import {
  categoryChanged,
  categoryCreated,
  categoryDeleted,
  categoryLists,
  type CategoryRef,
  categoryTags,
} from './categories.events';
import { CategoriesRepository } from './categories.repository';

const categories = new CategoriesRepository();

/** The lists of the categories with these ids. What is gone by now says itself which slug it had. */
export async function listsOf(primary: Reader, ids: readonly number[]): Promise<string[]> {
  const found = await categories.refs(primary, [...new Set(ids)]);
  return [...ids.map(categoryTags.listById), ...categoryLists(found)];
}

const place = (category: CategoryRef) => ({ ...category, path: [category] });

const categoryRows = rowRule<CategoryRef>({
  table: 'categories',
  columns: ['id', 'slug'],
  drops: (changes) =>
    Promise.resolve(
      changes.flatMap(({ before, after }): TagDrop[] => {
        // The lists above it, where it was and where it is, follow from the closure's own rows.
        if (before && after) return categoryChanged.rule({ before: place(before), after: place(after) });
        if (after) return categoryCreated.rule(after);
        return before ? categoryDeleted.rule(before) : [];
      }),
    ),
});

/** Kept by triggers, or made anew after a load in bulk: who is above whom. */
const closureRows = rowRule<{ ancestorId: number }>({
  table: 'category_closure',
  columns: ['ancestorId'],
  async drops(changes, primary) {
    const ids = changes.flatMap(({ before, after }) =>
      [before, after].flatMap((row) => row?.ancestorId ?? []),
    );
    return now(categoryTags.tree, ...(await listsOf(primary, ids)));
  },
});

/** How many products a category holds; its lists show it as their total. */
const totalsRows = rowRule<{ categoryId: number }>({
  table: 'category_totals',
  columns: ['categoryId'],
  async drops(changes, primary) {
    const ids = changes.flatMap(({ before, after }) => (after ?? before)?.categoryId ?? []);
    return soon(categoryTags.counts, ...(await listsOf(primary, ids)));
  },
});

/** What changes by others in the database do to cached answers; the events are the same for writers of the API. */
export const categoryRowRules: readonly RowRule[] = [categoryRows, closureRows, totalsRows];

/**
 * The tags of everything that shows these categories, wherever they are now.
 *
 * @param names slugs or ids
 * @returns undefined when one of them is not there
 */
export async function tagsOfCategories(
  primary: Reader,
  names: readonly (string | number)[],
): Promise<string[] | undefined> {
  const ids: number[] = [];
  for (const name of names) {
    const id = await categories.idOf(primary, name);
    if (id === undefined) return undefined;
    ids.push(id);
  }
  if (ids.length === 0) return [];
  const paths = await categories.paths(primary, ids);
  return [categoryTags.tree, categoryTags.counts, ...[...paths.values()].flatMap(categoryLists)];
}
