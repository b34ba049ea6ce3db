import { MAX_INT } from '@prior/database';
import { body, moneyInput } from '@prior/http';
import { z } from 'zod';
import { slugInput } from '../../slugs';

/** Web addresses and paths of this site; anything else (`javascript:`) would end up in a page's markup. */
const address = z
  .string()
  .trim()
  .max(1_024)
  .regex(/^(https?:\/\/|\/(?!\/))\S+$/i, 'Expected an http(s) address or a path of this site');

const name = z.string().trim().min(1).max(255);
const quantity = z.int().min(0).max(MAX_INT);
/** TEXT holds 65,535 bytes, and a letter takes up to four. */
const description = z.string().max(16_000).nullable();
const spec = z.string().max(2_000);

const optional = {
  slug: slugInput().optional(),
  description: description.optional(),
  long_description: z.string().max(200_000).nullable().optional(),
  thumbnail: address.nullable().optional(),
  images: z
    .array(body({ url: address, alt: z.string().max(500).nullable().default(null) }))
    .max(50)
    .optional(),
  specs: z
    .record(z.string().min(1).max(100), z.union([spec, z.array(spec).max(50)]))
    .refine((specs) => Object.keys(specs).length <= 100, 'At most 100 of them')
    .optional(),
  categoryId: z.int().positive().max(MAX_INT).nullable().optional(),
};

export const newProduct = body({
  name,
  unitPrice: moneyInput(),
  updatedPrice: moneyInput()
    .optional()
    .meta({ description: 'What is paid; the same as `unitPrice` when missing' }),
  quantity: quantity.default(0),
  ...optional,
}).meta({ id: 'NewProduct', description: '`hasDiscount` follows from the prices' });

export const productChanges = body({
  name: name.optional(),
  unitPrice: moneyInput().optional().meta({
    description:
      'Alone, it also sets `updatedPrice` where there is no discount, and leaves a discounted price alone',
  }),
  updatedPrice: moneyInput().nullable().optional().meta({ description: 'null ends the discount' }),
  quantity: quantity.optional(),
  ...optional,
}).meta({
  id: 'ProductChanges',
  description: 'Only what is to change; `hasDiscount` follows from the prices',
});

export type NewProduct = z.output<typeof newProduct>;
export type ProductChanges = z.output<typeof productChanges>;
