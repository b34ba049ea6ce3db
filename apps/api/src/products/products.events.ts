import { defineEvent, now, soon, type TagDrop } from '@prior/database';
import { categoryLists, type CategoryRef, categoryTags } from '../categories';

/** What of a product decides which cached answers show it. */
export interface ProductFacts {
  readonly id: number;
  readonly slug: string;
  /** Former slugs: their addresses answer with a redirect to the present one. */
  readonly formerSlugs: readonly string[];
  /** Its category and all above it: the lists that it is in. */
  readonly categories: readonly CategoryRef[];
}

/** Cache tags of what shows products. Who drops which: docs/consistency-tags.md. */
export const productTags = {
  /** The detail at a slug, and every other answer about the product there; its 404 and its redirect as well. */
  at: (slug: string) => `product:${slug}`,
  /** Lists that were asked for this id. */
  id: (id: number) => `product-id:${id}`,
  /** Lists of the whole catalogue. */
  all: 'products',
};

const own = ({ id, slug, formerSlugs }: ProductFacts): string[] => [
  productTags.id(id),
  ...[slug, ...formerSlugs].map(productTags.at),
];
const lists = ({ categories }: ProductFacts): string[] => [productTags.all, ...categoryLists(categories)];
const counted = soon(categoryTags.counts);

/** Everything that shows it. */
const whole = (product: ProductFacts): TagDrop[] => [...now(...own(product), ...lists(product)), ...counted];

/** The address of a former slug may now be this product's, and may be cached as 404 or as a redirect. */
export const productCreated = defineEvent('product.created', whole);

export const productDeleted = defineEvent('product.deleted', whole);

/** Before and after, because a product may leave an address, a category, or both. */
export const productChanged = defineEvent(
  'product.changed',
  ({ before, after }: { before: ProductFacts; after: ProductFacts }) => [...whole(before), ...whole(after)],
);

/**
 * Only the stock moved: details at once, busy lists soon.
 * `flipped`: it was sold out, or came back, so that counts and totals change as well.
 */
export const stockMoved = defineEvent(
  'product.stock-moved',
  ({ product, flipped }: { product: ProductFacts; flipped: boolean }) => [
    ...now(...own(product)),
    ...soon(...lists(product)),
    ...(flipped ? counted : []),
  ],
);

/** `reviewCount` and `rating` moved. */
export const ratingMoved = defineEvent('product.rating-moved', (product: ProductFacts) => [
  ...now(...own(product)),
  ...soon(...lists(product)),
]);
