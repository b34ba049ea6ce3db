import type { z } from 'zod';
import { newProduct, type NewProduct } from '../../../api/src/products';
import { columns } from '../shopify/columns';
import type { Problem } from '../shopify/groups';
import type { Read } from '../shopify/to-product';

const COLUMNS: Readonly<Record<string, string>> = {
  slug: columns.handle,
  name: columns.title,
  description: columns.body,
  long_description: columns.body,
  unitPrice: columns.compareAt,
  updatedPrice: columns.price,
  quantity: columns.quantity,
  thumbnail: columns.variantImage,
  images: columns.image,
  specs: 'Vendor, Tags, Option names and values',
};

/** Whatever the API would refuse is refused here too. */
export function checked({ product, line }: Read): NewProduct | { problems: Problem[] } {
  const result = newProduct.safeParse(product);
  if (result.success) return result.data;
  return { problems: result.error.issues.map((issue) => problemOf(issue, line)) };
}

function problemOf({ path, message }: z.core.$ZodIssue, line: number): Problem {
  const [field = '', ...rest] = path.map(String);
  const where = rest.length > 0 ? ` (${rest.join(' ')})` : '';
  return { line, column: COLUMNS[field] ?? field, reason: `${message}${where}` };
}
