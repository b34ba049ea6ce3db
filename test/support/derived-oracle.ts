import { rows, type Query } from '@prior/database';

interface Derived {
  closure: string[];
  listing: string[];
  totals: string[];
  counters: string[];
}

interface Product {
  id: number;
  categoryId: number | null;
  quantity: number;
  created_at: Date;
  updatedPrice: string;
}

const time = (date: Date) => date.toISOString();

/** What the derived tables hold, as sorted lines. */
export async function derivedTables(query: Query): Promise<Derived> {
  const listing = await rows<Record<string, unknown> & { created_at: Date }>(
    query,
    'SELECT * FROM product_listing',
  );
  const totals = await rows<{ categoryId: number; products: number; inStock: number }>(
    query,
    'SELECT * FROM category_totals',
  );
  const closure = await rows<{ ancestorId: number; descendantId: number; depth: number }>(
    query,
    'SELECT * FROM category_closure',
  );
  const counters = await rows<{ id: number; reviewCount: number; ratingSum: number; rating: string }>(
    query,
    'SELECT id, reviewCount, ratingSum, rating FROM products',
  );
  return {
    closure: closure.map((c) => `${c.ancestorId}>${c.descendantId} ${c.depth}`).sort(),
    listing: listing
      .map((l) =>
        [
          l['categoryId'],
          l['productId'],
          l['inStock'],
          time(l.created_at),
          l['updatedPrice'],
          l['rating'],
          l['reviewCount'],
        ].join(' '),
      )
      .sort(),
    totals: totals.map((t) => `${t.categoryId}: ${t.products} ${t.inStock}`).sort(),
    counters: counters.map((c) => `${c.id}: ${c.reviewCount} ${c.ratingSum} ${c.rating}`).sort(),
  };
}

/** What they ought to hold, worked out from products, categories and reviews without any SQL of ours. */
export async function derivedFromScratch(query: Query): Promise<Derived> {
  const products = await rows<Product>(query, 'SELECT * FROM products');
  const categories = await rows<{ id: number; parentId: number | null }>(query, 'SELECT * FROM categories');
  const reviews = await rows<{ product_id: number; rating: number | null }>(query, 'SELECT * FROM reviews');
  const parents = new Map(categories.map(({ id, parentId }) => [id, parentId]));
  const path = (id: number | null | undefined): number[] =>
    id !== null && id !== undefined && parents.has(id) ? [id, ...path(parents.get(id))] : [];

  const totals = new Map([0, ...parents.keys()].map((id) => [id, { products: 0, inStock: 0 }]));
  const derived: Derived = { closure: [], listing: [], totals: [], counters: [] };
  for (const id of parents.keys())
    path(id).forEach((above, depth) => derived.closure.push(`${above}>${id} ${depth}`));
  for (const { id, categoryId, quantity, created_at, updatedPrice } of products) {
    const own = reviews.filter((review) => review.product_id === id && review.rating !== null);
    const sum = own.reduce((total, { rating }) => total + Number(rating), 0);
    // Exact, half up: hundredths by integer arithmetic.
    const hundredths = own.length === 0 ? 0 : Math.floor((sum * 200 + own.length) / (2 * own.length));
    const rating = (hundredths / 100).toFixed(2);
    derived.counters.push(`${id}: ${own.length} ${sum} ${rating}`);
    const stocked = quantity > 0 ? 1 : 0;
    for (const list of [0, ...path(categoryId)]) {
      const total = totals.get(list);
      if (total) [total.products, total.inStock] = [total.products + 1, total.inStock + stocked];
      if (list > 0)
        derived.listing.push(
          [list, id, stocked, time(created_at), updatedPrice, rating, own.length].join(' '),
        );
    }
  }
  derived.totals = [...totals].map(([id, { products: n, inStock }]) => `${id}: ${n} ${inStock}`);
  for (const lines of Object.values(derived) as string[][]) lines.sort();
  return derived;
}
