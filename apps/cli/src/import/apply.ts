import { isDeepStrictEqual } from 'node:util';
import { jsonValue, type Query, rows, type Transaction } from '@prior/database';
import { CategoriesRepository } from '../../../api/src/categories';
import {
  columnsOf,
  type NewProduct,
  productChanged,
  productCreated,
  type ProductFacts,
  stockMoved,
} from '../../../api/src/products';
import { unitOfWork } from './transaction';

/** A product of the file, with the columns that it says something about. */
export interface Wanted {
  readonly input: NewProduct;
  /** Columns that the file lacks: a new product gets their defaults, an existing one keeps what it has. */
  readonly unsaid: readonly (keyof NewProduct)[];
  readonly categoryId: number;
}

export interface Outcome {
  made: number;
  changed: number;
  unchanged: number;
}

type Column = string | number | boolean | null;

/** A category of the batch has gone while it was being imported. */
export class CategoryGone extends Error {}

interface Existing {
  readonly id: number;
  readonly slug: string;
  readonly quantity: number;
  readonly categoryId: number | null;
  readonly description: string | null;
  readonly [column: string]: unknown;
}

const EXISTING = `SELECT id, slug, name, description, long_description, thumbnail, images, specs, unitPrice, updatedPrice,
  hasDiscount, quantity, categoryId, searchText FROM products WHERE slug IN (?) ORDER BY id`;

const categories = new CategoriesRepository();

/**
 * Makes and changes a batch of products in one transaction, with the cache tags that they drop.
 *
 * @throws CategoryGone
 */
export function apply(query: Query, batch: readonly Wanted[]): Promise<Outcome> {
  return unitOfWork(query, async (tx) => {
    const existing = await existingOf(tx.query, batch, ' FOR UPDATE');
    await categories.holdTree(tx);
    const facts = await factsReader(tx, batch, [...existing.values()]);
    const outcome: Outcome = { made: 0, changed: 0, unchanged: 0 };
    for (const wanted of batch) {
      const present = existing.get(wanted.input.slug ?? '');
      if (present === undefined) {
        await make(tx, wanted, facts);
        outcome.made++;
      } else if (await change(tx, present, wanted, facts)) outcome.changed++;
      else outcome.unchanged++;
    }
    return outcome;
  });
}

/** What `apply` would do. */
export async function plan(query: Query, batch: readonly Wanted[]): Promise<Outcome> {
  const existing = await existingOf((sql, params) => rows(query, sql, params as unknown[]), batch);
  const outcome: Outcome = { made: 0, changed: 0, unchanged: 0 };
  for (const wanted of batch) {
    const present = existing.get(wanted.input.slug ?? '');
    if (present === undefined) outcome.made++;
    else if (Object.keys(changesOf(present, wanted)).length > 0) outcome.changed++;
    else outcome.unchanged++;
  }
  return outcome;
}

async function existingOf(
  read: <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>,
  batch: readonly Wanted[],
  lock = '',
): Promise<Map<string, Existing>> {
  const found = await read<Existing>(EXISTING + lock, [batch.map(({ input }) => input.slug)]);
  return new Map(found.map((product) => [product.slug, product]));
}

/** The columns in which a product differs from what is wanted. */
function changesOf(present: Existing, { input, unsaid, categoryId }: Wanted): Record<string, Column> {
  const said = Object.fromEntries(
    Object.entries(input).filter(([name]) => !unsaid.includes(name as keyof NewProduct)),
  );
  const description = input.description === undefined ? present.description : input.description;
  const all = columnsOf({ ...(said as NewProduct), description });
  const columns = Object.entries({ ...all, categoryId }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(columns.filter(([name, value]) => !sameValue(name, present[name], value)));
}

function sameValue(column: string, present: unknown, wanted: Column): boolean {
  if (column === 'images' || column === 'specs')
    return isDeepStrictEqual(jsonValue(present), jsonValue(wanted));
  if (typeof wanted === 'boolean') return Boolean(present) === wanted;
  return present === wanted;
}

type FactsOf = (product: { id: number; slug: string; categoryId: number | null }) => ProductFacts;

/** What the tags of these products depend on, read once for the batch. */
async function factsReader(
  tx: Transaction,
  batch: readonly Wanted[],
  existing: readonly Existing[],
): Promise<FactsOf> {
  const wanted = [...new Set(batch.map(({ categoryId }) => categoryId))];
  const reader = {
    query: <Row>(_: string, sql: string, params?: readonly unknown[]) => tx.query<Row>(sql, params),
  };
  const ids = [...wanted, ...existing.flatMap(({ categoryId }) => categoryId ?? [])];
  const paths = await categories.paths(reader, ids);
  if (wanted.some((id) => paths.get(id)?.length === 0)) throw new CategoryGone('A category has been deleted');
  const former =
    existing.length === 0
      ? []
      : await tx.query<{ productId: number; slug: string }>(
          'SELECT productId, slug FROM product_slugs WHERE productId IN (?)',
          [existing.map(({ id }) => id)],
        );
  return ({ id, slug, categoryId }) => ({
    id,
    slug,
    formerSlugs: former.filter(({ productId }) => productId === id).map((row) => row.slug),
    categories: (categoryId === null ? undefined : paths.get(categoryId)) ?? [],
  });
}

async function make(tx: Transaction, { input, categoryId }: Wanted, factsOf: FactsOf): Promise<void> {
  const slug = input.slug ?? '';
  const columns = Object.entries({ ...columnsOf(input), slug, categoryId }).filter(
    ([, value]) => value !== undefined,
  );
  const names = columns.map(([name]) => name).join(', ');
  const { insertId } = await tx.execute(`INSERT INTO products (${names}) VALUES (?)`, [
    columns.map(([, value]) => value),
  ]);
  // A living product's address goes before a redirect of another one.
  await tx.execute('DELETE FROM product_slugs WHERE slug = ?', [slug]);
  tx.record(productCreated(factsOf({ id: insertId, slug, categoryId })));
}

async function change(
  tx: Transaction,
  present: Existing,
  wanted: Wanted,
  factsOf: FactsOf,
): Promise<boolean> {
  const changes = changesOf(present, wanted);
  const names = Object.keys(changes);
  if (names.length === 0) return false;
  const set = names.map((name) => `${name} = ?`).join(', ');
  await tx.execute(`UPDATE products SET ${set} WHERE id = ?`, [...Object.values(changes), present.id]);
  const before = factsOf(present);
  if (names.every((name) => name === 'quantity')) {
    const flipped = present.quantity > 0 !== Number(changes['quantity']) > 0;
    tx.record(stockMoved({ product: before, flipped }));
  } else {
    tx.record(productChanged({ before, after: factsOf({ ...present, categoryId: wanted.categoryId }) }));
  }
  return true;
}
