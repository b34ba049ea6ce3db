import type { Random } from './random';

/** How many reviews each product has, and the sum of their stars, before any of them is written. */
export interface ReviewPlan {
  readonly counts: Uint32Array;
  /** Product index of every review. */
  readonly products: Uint32Array;
  /** Stars of every review. */
  readonly stars: Uint8Array;
  readonly starSums: Float64Array;
}

/** Mostly content customers, as in real shops. */
const STARS = [0.06, 0.11, 0.22, 0.5];

/** Zipf with exponent 1: the second most popular product has half as many reviews as the first. */
export function planReviews(products: number, reviews: number, { next, integer }: Random): ReviewPlan {
  const byRank = Uint32Array.from({ length: products }, (_, index) => index);
  for (let i = products - 1; i > 0; i--) {
    const j = integer(i + 1);
    [byRank[i], byRank[j]] = [byRank[j] as number, byRank[i] as number];
  }
  const cumulated = new Float64Array(products);
  let total = 0;
  for (let rank = 0; rank < products; rank++) cumulated[rank] = total += 1 / (rank + 1);

  const plan: ReviewPlan = {
    counts: new Uint32Array(products),
    products: new Uint32Array(reviews),
    stars: new Uint8Array(reviews),
    starSums: new Float64Array(products),
  };
  for (let i = 0; i < reviews; i++) {
    const product = byRank[firstAtLeast(cumulated, next() * total)] as number;
    const drawn = next();
    const stars = 1 + STARS.filter((limit) => drawn >= limit).length;
    plan.products[i] = product;
    plan.stars[i] = stars;
    plan.counts[product] = (plan.counts[product] as number) + 1;
    plan.starSums[product] = (plan.starSums[product] as number) + stars;
  }
  return plan;
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
