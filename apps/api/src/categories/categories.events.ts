import { defineEvent, now } from '@prior/database';

export interface CategoryRef {
  readonly id: number;
  readonly slug: string;
}

/** A category and the categories above it, itself included. */
export interface CategoryPlace extends CategoryRef {
  readonly path: readonly CategoryRef[];
}

/** Cache tags of what shows categories. Who drops which: docs/consistency-tags.md. */
export const categoryTags = {
  /** On every answer that shows a category's name, slug or place. */
  tree: 'category-tree',
  /** On every answer that shows how many products a category holds. */
  counts: 'category-counts',
  /** On lists of a category's products, by how the category was asked for. */
  listById: (id: number) => `category:${id}`,
  listBySlug: (slug: string) => `category-slug:${slug}`,
};

/** The lists of these categories, however they were asked for. */
export const categoryLists = (categories: readonly CategoryRef[]): string[] =>
  categories.flatMap(({ id, slug }) => [categoryTags.listById(id), categoryTags.listBySlug(slug)]);

/** Its lists may be cached as 404. */
export const categoryCreated = defineEvent('category.created', (created: CategoryRef) =>
  now(categoryTags.tree, ...categoryLists([created])),
);

/** A move changes what every category above, before and after, lists. */
export const categoryChanged = defineEvent(
  'category.changed',
  ({ before, after }: { before: CategoryPlace; after: CategoryPlace }) => {
    const ids = ({ path }: CategoryPlace) => path.map(({ id }) => id).join('/');
    const moved = ids(before) !== ids(after);
    const lists = moved ? [...before.path, ...after.path] : [];
    return now(categoryTags.tree, ...categoryLists([before, after, ...lists]));
  },
);

export const categoryDeleted = defineEvent('category.deleted', (deleted: CategoryRef) =>
  now(categoryTags.tree, ...categoryLists([deleted])),
);
