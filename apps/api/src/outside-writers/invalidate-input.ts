import { body } from '@prior/http';
import { z } from 'zod';

const name = z.string().min(1).max(191);
const id = z.int().positive();

/** What has changed outside; several at once are one step. */
export const invalidateInput = body({
  products: z.array(name).max(1_000).default([]),
  categories: z
    .array(z.union([name, id]))
    .max(1_000)
    .default([]),
  tags: z.array(z.string().min(1).max(300)).max(1_000).default([]),
  all: z.boolean().default(false),
}).refine(
  ({ products, categories, tags, all }) => all || products.length + categories.length + tags.length > 0,
  'Name `products` (slugs), `categories` (slugs or ids) or `tags`, or say `all: true`',
);

export type InvalidateInput = z.output<typeof invalidateInput>;
