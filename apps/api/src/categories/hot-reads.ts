import type { Reader } from '@prior/database';
import { CategoriesRepository } from './categories.repository';

/** The reads of requests for categories, by the request: for whoever wants their plans. */
export const categoryReads: Readonly<
  Record<
    string,
    (reader: Reader, sample: { readonly category: string; readonly categoryId: number }) => Promise<unknown>
  >
> = {
  'GET /categories': (reader) => new CategoriesRepository().all(reader),
  'GET /categories/:slug': async (reader, { category, categoryId }) => {
    const categories = new CategoriesRepository();
    await categories.bySlug(reader, category);
    await categories.path(reader, categoryId);
    await categories.children(reader, categoryId);
  },
};
