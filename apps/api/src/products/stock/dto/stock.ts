import { MAX_INT } from '@prior/database';
import { body } from '@prior/http';
import { z } from 'zod';

const change = body({
  id: z.int().positive().max(MAX_INT).optional(),
  slug: z.string().min(1).max(191).optional(),
  delta: z.int().min(-MAX_INT).max(MAX_INT).optional().meta({ description: 'To add; negative to take' }),
  set: z.int().min(0).max(MAX_INT).optional().meta({ description: 'The new quantity, whatever it was' }),
})
  .refine(({ id, slug }) => (id === undefined) !== (slug === undefined), 'Give either id or slug')
  .refine(({ delta, set }) => (delta === undefined) !== (set === undefined), 'Give either delta or set');

export const stockChanges = body({
  changes: z.array(change).min(1).max(100).meta({ description: 'All or nothing; each product once' }),
}).meta({
  id: 'StockChanges',
  examples: [{ changes: [{ slug: 'blue-shirt', delta: -1 }] }],
});

export const stockLevels = z
  .object({
    products: z.array(
      z.object({
        id: z.int(),
        slug: z.string(),
        quantity: z.int().meta({ description: 'After the change' }),
      }),
    ),
  })
  .meta({ id: 'StockLevels', description: 'In the order of the changes' });

export type StockChange = z.output<typeof change>;
export type StockChanges = z.output<typeof stockChanges>;
export type StockLevels = z.output<typeof stockLevels>;
