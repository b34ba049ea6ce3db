import { type RowChange, type RowRule, rowRule } from '@prior/cache';
import { now, type Reader, soon, type TagDrop } from '@prior/database';
import { CategoriesRepository, listsOf } from '../categories';
import {
  productChanged,
  productCreated,
  productDeleted,
  type ProductFacts,
  productTags,
  ratingMoved,
  stockMoved,
} from './products.events';
import { ProductsReadRepository } from './products-read.repository';

interface ProductRow {
  readonly id: number;
  readonly slug: string;
  readonly categoryId: number | null;
  readonly quantity: number;
}

const categories = new CategoriesRepository();
const products = new ProductsReadRepository();

/** Columns that follow others, whoever writes. */
const FOLLOWING = ['rev', 'updated_at'];
const STOCK = new Set(['quantity', 'inStock', ...FOLLOWING]);
const RATING = new Set(['reviewCount', 'ratingSum', 'rating', ...FOLLOWING]);

type FactsOf = (row: ProductRow) => ProductFacts;

/** The facts of all rows by two statements, without locks: what changes meanwhile drops tags of its own. */
async function factsOf(primary: Reader, rows: readonly ProductRow[]): Promise<FactsOf> {
  const distinct = (ids: readonly number[]) => [...new Set(ids)];
  const slugs = await products.formerSlugs(primary, distinct(rows.map(({ id }) => id)));
  const paths = await categories.paths(primary, distinct(rows.flatMap(({ categoryId }) => categoryId ?? [])));
  return ({ id, slug, categoryId }) => ({
    id,
    slug,
    formerSlugs: slugs.get(id) ?? [],
    categories: (categoryId !== null && paths.get(categoryId)) || [],
  });
}

function dropsOf({ before, after, changed }: RowChange<ProductRow>, facts: FactsOf): TagDrop[] {
  if (!before) return after ? productCreated.rule(facts(after)) : [];
  if (!after) return productDeleted.rule(facts(before));
  if (changed.length === 0) return [];
  if (changed.every((column) => STOCK.has(column))) {
    return stockMoved.rule({ product: facts(after), flipped: before.quantity > 0 !== after.quantity > 0 });
  }
  if (changed.every((column) => RATING.has(column))) return ratingMoved.rule(facts(after));
  return productChanged.rule({ before: facts(before), after: facts(after) });
}

const productRows = rowRule<ProductRow>({
  table: 'products',
  columns: ['id', 'slug', 'categoryId', 'quantity'],
  async drops(changes, primary) {
    const facts = await factsOf(
      primary,
      changes.flatMap(({ before, after }) => [before, after].flatMap((row) => row ?? [])),
    );
    return changes.flatMap((change) => dropsOf(change, facts));
  },
});

/** Former slugs: their addresses redirect, or do so no more. */
const slugRows = rowRule<{ slug: string }>({
  table: 'product_slugs',
  columns: ['slug'],
  drops: (changes) =>
    Promise.resolve(
      now(
        ...changes.flatMap(({ before, after }) =>
          [before, after].flatMap((row) => (row ? productTags.at(row.slug) : [])),
        ),
      ),
    ),
});

/** Kept by triggers, or made anew after a load in bulk: which products a category lists, and in what order. */
const listingRows = rowRule<{ categoryId: number }>({
  table: 'product_listing',
  columns: ['categoryId'],
  async drops(changes, primary) {
    const ids = (some: typeof changes) =>
      some.flatMap(({ before, after }) => (after ?? before)?.categoryId ?? []);
    const moved = changes.filter(({ before, after }) => before && after);
    const joinedOrLeft = changes.filter(({ before, after }) => !before || !after);
    return [
      ...now(...(await listsOf(primary, ids(joinedOrLeft)))),
      ...soon(...(await listsOf(primary, ids(moved)))),
    ];
  },
});

/** What changes by others in the database do to cached answers; the events are the same for writers of the API. */
export const productRowRules: readonly RowRule[] = [productRows, slugRows, listingRows];

/**
 * The tags of everything that shows these products, in the lists that they are in now.
 *
 * @returns undefined when one of them is not there
 */
export async function tagsOfProducts(
  primary: Reader,
  slugs: readonly string[],
): Promise<string[] | undefined> {
  if (slugs.length === 0) return [];
  const wanted = new Set(slugs);
  const found = await products.summaries(primary, 'slug', [...wanted]);
  if (found.length < wanted.size) return undefined;
  const facts = await factsOf(primary, found);
  return found.flatMap((product) => productCreated.rule(facts(product)).map(({ tag }) => tag));
}
