import {
  addToOutbox,
  now,
  OperatorError,
  rebuildDerived,
  scalar,
  SchemaEditor,
  type Query,
} from '@prior/database';
import { addIndexes, dropLoadedIndexes, fullTextIndex, listIndexes } from '@prior/migrations';
import { progress } from '../progress';
import { categoryTree, type SeedTree } from './categories';
import { inBulk, loadRows } from './load';
import { PRODUCT_COLUMNS, productRow, SEED_NOW } from './products';
import { random } from './random';
import { planReviews, type ReviewPlan } from './reviews';
import { opinions, vocabulary } from './vocabulary';

export interface SeedOptions {
  readonly products: number;
  readonly categories: number;
  readonly reviews: number;
  readonly seed: number;
  /** Adds to a catalogue that already holds products. */
  readonly append: boolean;
  /** From this many products on the lists' indexes are built afterwards, which then is faster. */
  readonly bulkFrom?: number;
}

const nextId = async (query: Query, table: string): Promise<number> =>
  Number(await scalar(query, `SELECT COALESCE(MAX(id), 0) + 1 AS value FROM ${table}`));

/**
 * Fills the catalogue, the same rows for the same options.
 *
 * @throws OperatorError when the database is not migrated, or holds products and `append` is not set
 */
export async function seed(query: Query, options: SeedOptions, log: (line: string) => void): Promise<void> {
  await assertEmpty(query, options.append);
  const firstProduct = await nextId(query, 'products');
  const tree = categoryTree(options.categories, await nextId(query, 'categories'));
  const dice = random(options.seed);
  const plan = planReviews(options.products, options.products === 0 ? 0 : options.reviews, dice);
  const editor = await SchemaEditor.open(query, () => undefined);
  const large = options.products >= (options.bulkFrom ?? 20_000);

  if (large) await dropLoadedIndexes(editor);
  await inBulk(query, async () => {
    await loadCategories(query, tree, options.append);
    await loadProducts(query, options, tree, plan, firstProduct);
    await loadReviews(query, plan, firstProduct, random(options.seed + 1));
  });
  const bar = progress('listings', options.products);
  await rebuildDerived(query, { onProgress: (done, total) => bar.update(done, total) });
  bar.stop();
  if (large) log('building the indexes of the lists and of the search …');
  if (large) await addIndexes(editor, listIndexes, fullTextIndex);
  for (const table of ['products', 'categories', 'reviews', 'product_listing'])
    await query(`ANALYZE TABLE ${table}`);
  // An API that is already running has cached the catalogue as it was.
  await addToOutbox(query, now('products', 'category-tree', 'category-counts'));
}

/** @throws OperatorError when the database is not migrated */
export async function hasProducts(query: Query): Promise<boolean> {
  try {
    return (await scalar(query, 'SELECT id AS value FROM products LIMIT 1')) !== undefined;
  } catch (error) {
    throw new OperatorError(
      'The database has no table products yet: run prior migrate (npm run migrate) first.',
      { cause: error },
    );
  }
}

async function assertEmpty(query: Query, append: boolean): Promise<void> {
  if (!(await hasProducts(query)) || append) return;
  throw new OperatorError(
    'The database already holds products. Seed an empty one, or add to this one with --force-append.',
  );
}

async function loadCategories(query: Query, { categories }: SeedTree, append: boolean): Promise<void> {
  if (categories.length === 0) return;
  const at = new Date(SEED_NOW);
  const rows = categories.map(({ id, name, slug, parentId }) => [
    id,
    name,
    append ? `${slug}-${id}` : slug,
    parentId,
    at,
    at,
  ]);
  await query('INSERT INTO categories (id, name, slug, parentId, created_at, updated_at) VALUES ?', [rows]);
}

async function loadProducts(
  query: Query,
  { products, seed: seedNumber }: SeedOptions,
  { shelves }: SeedTree,
  plan: ReviewPlan,
  firstId: number,
): Promise<void> {
  const source = { shelves, vocabulary: vocabulary(seedNumber), random: random(seedNumber + 2) };
  const bar = progress('products', products);
  const row = (i: number) => productRow(source, firstId + i, plan.counts[i] ?? 0, plan.starSums[i] ?? 0);
  await loadRows(query, 'products', PRODUCT_COLUMNS, products, row, (done) => bar.update(done));
  bar.stop();
}

async function loadReviews(
  query: Query,
  plan: ReviewPlan,
  firstId: number,
  dice: ReturnType<typeof random>,
): Promise<void> {
  const total = plan.products.length;
  const bar = progress('reviews', total);
  const { people } = vocabulary(1);
  const written = new Uint32Array(plan.counts.length);
  const row = (i: number): unknown[] => {
    const product = plan.products[i] ?? 0;
    const stars = plan.stars[i] ?? 0;
    const [title, body] = dice.pick(opinions[stars - 1] ?? []);
    // Nobody reviews a product twice: the n-th review of a product is by its n-th customer.
    const customer = product + (written[product] ?? 0);
    written[product] = (written[product] ?? 0) + 1;
    const at = new Date(SEED_NOW - Math.floor(dice.next() * 180 * 24 * 3600 * 1000));
    return [
      firstId + product,
      `customer-${customer}`,
      people[customer % people.length],
      stars,
      title,
      body,
      at,
    ];
  };
  const columns = ['product_id', 'author', 'authorName', 'rating', 'title', 'body', 'created_at'];
  await loadRows(query, 'reviews', columns, total, row, (done) => bar.update(done));
  bar.stop();
}
