import { timestamp } from '@prior/http';
import { z } from 'zod';

const id = z.int().meta({ examples: [7] });
const counts = {
  products: z.int().meta({ description: 'Products in it and below it, sold-out ones included' }),
  inStock: z.int().meta({ description: 'Those of them that are in stock' }),
};

/** A step of a path. */
export const categoryStep = z
  .object({ id, name: z.string(), slug: z.string() })
  .meta({ id: 'CategoryStep', description: 'A category by its name' });

export interface CategoryNode {
  id: number;
  name: string;
  slug: string;
  parentId: number | null;
  products: number;
  inStock: number;
  children: CategoryNode[];
}

export const categoryNode: z.ZodType<CategoryNode> = z.object({
  id,
  name: z.string(),
  slug: z.string(),
  parentId: z.int().nullable(),
  ...counts,
  get children(): z.ZodType<CategoryNode[]> {
    return z.array(categoryNode);
  },
});
// `.meta()` would make another schema than the one that it contains.
z.globalRegistry.add(categoryNode, {
  id: 'CategoryNode',
  description: 'A category with those below it, by name',
});

export const categoryTree = z.object({ categories: z.array(categoryNode) }).meta({ id: 'CategoryTree' });

export const categoryDetail = z
  .object({
    id,
    name: z.string(),
    slug: z.string(),
    parentId: z.int().nullable(),
    ...counts,
    path: z.array(categoryStep).meta({ description: 'From the root down to itself' }),
    children: z.array(z.object({ id, name: z.string(), slug: z.string(), ...counts })),
    rev: z.int().meta({ description: 'Counts changes; the ETag carries it, so If-Match can compare it' }),
    created_at: timestamp(),
    updated_at: timestamp(),
  })
  .meta({ id: 'Category' });

export type CategoryStep = z.output<typeof categoryStep>;
export type CategoryTree = z.output<typeof categoryTree>;
export type CategoryDetail = z.output<typeof categoryDetail>;
