import { money, timestamp } from '@prior/http';
import { z } from 'zod';
import { categoryStep } from '../../categories';

const summary = {
  id: z.int().meta({ examples: [42] }),
  name: z.string(),
  slug: z.string().meta({ examples: ['blue-shirt'] }),
  thumbnail: z.string().nullable(),
  unitPrice: money('List price'),
  updatedPrice: money('What is paid'),
  hasDiscount: z.boolean().meta({ description: '`updatedPrice` is below `unitPrice`' }),
  quantity: z.int().meta({ description: 'In stock; 0 is sold out' }),
  categoryId: z.int().nullable(),
  categoryName: z.string().nullable(),
  reviewCount: z.int(),
  rating: z.number().min(0).max(5).meta({ description: 'Mean of all reviews, two decimals; 0 without any' }),
  created_at: timestamp(),
};

export const productSummary = z
  .object(summary)
  .meta({ id: 'ProductSummary', description: 'A product as lists show it' });

export const productList = z
  .object({
    products: z.array(productSummary),
    total: z.int().meta({ description: 'Products that the filters leave, on all pages' }),
    totalIsLowerBound: z.literal(true).optional().meta({
      description:
        'Only there when counting stopped: there are at least `total`, and more pages than `totalPages`',
    }),
    page: z.int(),
    totalPages: z.int().meta({ description: 'Page numbers reach 10,000 rows deep; go on with `nextCursor`' }),
    nextCursor: z.string().nullable().meta({
      description:
        'For the parameter `cursor`; null on the last page. A page may be short and still have one',
    }),
  })
  .meta({ id: 'ProductList' });

export const productDetail = z
  .object({
    ...summary,
    description: z.string().nullable(),
    long_description: z.string().nullable(),
    images: z.array(z.object({ url: z.string(), alt: z.string().nullable() })),
    specs: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    categoryPath: z.array(categoryStep).meta({ description: 'From the root down to its category' }),
    rev: z.int().meta({ description: 'Counts changes; the ETag carries it, so If-Match can compare it' }),
    updated_at: timestamp(),
  })
  .meta({ id: 'Product' });

export type ProductSummary = z.output<typeof productSummary>;
export type ProductList = z.output<typeof productList>;
export type ProductDetail = z.output<typeof productDetail>;
