import { inTransaction, rows, scalar, type Query } from './query';
import { cutSubtree, MOVE_TREE, pasteSubtree } from './triggers/category-triggers';

const BATCH = 5000;

const LISTING = 'productId, inStock, created_at, updatedPrice, rating, reviewCount';
const UPSERT = `ON DUPLICATE KEY UPDATE inStock = VALUES(inStock), created_at = VALUES(created_at),
  updatedPrice = VALUES(updatedPrice), rating = VALUES(rating), reviewCount = VALUES(reviewCount)`;

export interface RebuildOptions {
  /** Called after each batch of products. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Makes closure, review counters, listing and totals from scratch. Safe beside running writers: every batch locks its
 * products before it reads them, as the triggers do. Runs its own transactions on the connection; sets and clears
 * `@prior_bulk` itself.
 */
export async function rebuildDerived(query: Query, options: RebuildOptions = {}): Promise<void> {
  const total = Number(await scalar(query, 'SELECT COUNT(*) AS value FROM products'));
  // What is made from nothing holds no rows of what is gone: the triggers follow whoever writes meanwhile.
  const held = await scalar(query, 'SELECT productId AS value FROM product_listing LIMIT 1');
  await rebuildClosure(query);
  let last = 0;
  for (let done = 0; ;) {
    const batch = await inTransaction(query, () => rebuildBatch(query, last));
    if (batch.length === 0) break;
    last = batch.at(-1) ?? last;
    done += batch.length;
    options.onProgress?.(Math.min(done, total), total);
  }
  if (held !== undefined) await dropStrayRows(query);
  await inTransaction(query, () => recount(query));
}

/** A category whose parent is missing, or that is its own ancestor, stands as a root. */
function closureOf(
  categories: readonly { id: number; parentId: number | null }[],
): [number, number, number][] {
  const parents = new Map(categories.map(({ id, parentId }) => [id, parentId]));
  const closure: [number, number, number][] = [];
  for (const { id } of categories) {
    const path: number[] = [];
    for (
      let at: number | null | undefined = id;
      at !== null && at !== undefined && parents.has(at);
      at = parents.get(at)
    ) {
      if (path.includes(at)) break;
      path.push(at);
    }
    path.forEach((ancestor, depth) => closure.push([ancestor, id, depth]));
  }
  return closure;
}

/** Whoever adds, moves or deletes a category meanwhile waits for the tree, and then does it to the new closure. */
async function rebuildClosure(query: Query): Promise<void> {
  await inTransaction(query, async () => {
    await query(MOVE_TREE);
    const categories = await rows<{ id: number; parentId: number | null }>(
      query,
      'SELECT id, parentId FROM categories ORDER BY id',
    );
    await query('DELETE FROM category_closure');
    const closure = closureOf(categories);
    for (let from = 0; from < closure.length; from += BATCH) {
      const values = closure.slice(from, from + BATCH);
      await query(
        `INSERT INTO category_closure (ancestorId, descendantId, depth) VALUES ${values.map(() => '(?,?,?)').join(',')}`,
        values.flat(),
      );
    }
  });
}

async function rebuildBatch(query: Query, after: number): Promise<number[]> {
  const locked = await rows<{ id: number }>(
    query,
    `SELECT id FROM products WHERE id > ? ORDER BY id LIMIT ${BATCH} FOR UPDATE`,
    [after],
  );
  const [first, end] = [locked[0]?.id, locked.at(-1)?.id];
  if (first === undefined || end === undefined) return [];
  await recountReviews(query, first, end);
  await query('SELECT moves FROM category_tree WHERE id = 1 LOCK IN SHARE MODE');
  await query(
    `INSERT INTO product_listing (categoryId, ${LISTING})
     SELECT c.ancestorId, p.id, p.quantity > 0, p.created_at, p.updatedPrice, p.rating, p.reviewCount
       FROM products p JOIN category_closure c ON c.descendantId = p.categoryId
      WHERE p.id BETWEEN ? AND ? ${UPSERT}`,
    [first, end],
  );
  return locked.map(({ id }) => id);
}

/**
 * The counters are read without locks: whoever is writing a review now waits for the product and adds it afterwards;
 * a locking read would wait for that review, and both for ever.
 */
async function recountReviews(query: Query, first: number, end: number): Promise<void> {
  const wrong = await rows<{ id: number; n: number | string; sum: number | string }>(
    query,
    `SELECT p.id, COUNT(r.rating) AS n, COALESCE(SUM(r.rating), 0) AS sum
       FROM products p LEFT JOIN reviews r ON r.product_id = p.id
      WHERE p.id BETWEEN ? AND ? GROUP BY p.id, p.reviewCount, p.ratingSum
     HAVING n <> p.reviewCount OR sum <> p.ratingSum`,
    [first, end],
  );
  if (wrong.length === 0) return;
  await query('SET @prior_bulk = 1');
  try {
    const counters = JSON.stringify(wrong.map(({ id, n, sum }) => [id, Number(n), Number(sum)]));
    await query(
      `UPDATE products p JOIN JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', n INT PATH '$[1]', total DECIMAL(14,2) PATH '$[2]')) r
           ON r.id = p.id SET p.reviewCount = r.n, p.ratingSum = r.total`,
      [counters],
    );
  } finally {
    await query('SET @prior_bulk = NULL');
  }
}

const STRAY = `SELECT l.categoryId, l.productId FROM product_listing l
  LEFT JOIN products p ON p.id = l.productId
  LEFT JOIN category_closure c ON c.descendantId = p.categoryId AND c.ancestorId = l.categoryId
 WHERE c.ancestorId IS NULL`;

interface ListingKey {
  categoryId: number;
  productId: number;
}

/**
 * Rows of products or categories that are gone. The long search holds no lock; what it found is looked at again while
 * nobody can change the listing.
 */
async function dropStrayRows(query: Query): Promise<void> {
  const suspects = await rows<ListingKey>(query, STRAY);
  for (let from = 0; from < suspects.length; from += 500) {
    const keys = suspects.slice(from, from + 500).map((key) => [key.categoryId, key.productId]);
    await inTransaction(query, async () => {
      await query(MOVE_TREE);
      const stray = await rows<ListingKey>(query, `${STRAY} AND (l.categoryId, l.productId) IN (?)`, [keys]);
      for (const { categoryId, productId } of stray) {
        await query('DELETE FROM product_listing WHERE categoryId = ? AND productId = ?', [
          categoryId,
          productId,
        ]);
      }
    });
  }
}

/**
 * Counts while nobody can change a total: whoever does so holds the tree. Counting itself takes no locks, so that it
 * cannot wait for one of those who wait for it.
 */
async function recount(query: Query): Promise<void> {
  await query(MOVE_TREE);
  const totals = await rows<Record<'categoryId' | 'products' | 'inStock', number>>(
    query,
    `SELECT 0 AS categoryId, COUNT(*) AS products, COALESCE(SUM(quantity > 0), 0) AS inStock FROM products
      UNION ALL
     SELECT c.id, COUNT(l.productId), COALESCE(SUM(l.inStock), 0)
       FROM categories c LEFT JOIN product_listing l ON l.categoryId = c.id GROUP BY c.id`,
  );
  await query('DELETE FROM category_totals');
  await query('INSERT INTO category_totals (categoryId, products, inStock) VALUES ?', [
    totals.map(({ categoryId, products, inStock }) => [categoryId, products, Number(inStock)]),
  ]);
}

/**
 * Hangs a category's subtree where its `parentId` says, in closure, listing and totals. The triggers do this with
 * every change of `parentId`; it is only needed after a change under `@prior_bulk`. Takes part in the caller's transaction.
 */
export async function rebuildSubtree(query: Query, categoryId: number): Promise<void> {
  const id = String(Math.trunc(categoryId));
  await query(MOVE_TREE);
  const parent = await scalar<number | null>(
    query,
    'SELECT parentId AS value FROM categories WHERE id = ? FOR UPDATE',
    [categoryId],
  );
  for (const sql of [
    ...cutSubtree(id),
    ...pasteSubtree(id, parent === null || parent === undefined ? 'NULL' : String(parent)),
  ]) {
    await query(sql);
  }
}
