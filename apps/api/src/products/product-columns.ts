import { searchText } from '@prior/database';
import { compareDecimals } from './decimal';
import type { NewProduct, ProductChanges } from './dto/product-input';
import type { Product } from './product.entity';
import type { ProductColumns } from './products-write.repository';

interface Prices {
  readonly unitPrice: string;
  readonly updatedPrice: string;
}

const withDiscount = ({ unitPrice, updatedPrice }: Prices) => ({
  unitPrice,
  updatedPrice,
  hasDiscount: compareDecimals(updatedPrice, unitPrice) < 0,
});

/** JSON columns take text. */
function asText({ images, specs }: Pick<ProductChanges, 'images' | 'specs'>): ProductColumns {
  return {
    ...(images !== undefined && { images: JSON.stringify(images) }),
    ...(specs !== undefined && { specs: JSON.stringify(specs) }),
  };
}

/** The columns of a new product, its slug aside. */
export function columnsOf({ slug: _, images, specs, ...input }: NewProduct): ProductColumns {
  const { name, description, unitPrice, updatedPrice = unitPrice } = input;
  return {
    ...input,
    ...withDiscount({ unitPrice, updatedPrice }),
    ...asText({ images, specs }),
    searchText: searchText(name, description),
  };
}

/** The columns that a change sets, those that follow from others included. */
export function changedColumns(product: Product, changes: ProductChanges): ProductColumns {
  const { images, specs, unitPrice, updatedPrice, ...plain } = changes;
  const { name = product.name, description = product.description } = changes;
  return {
    ...plain,
    ...asText({ images, specs }),
    ...((unitPrice !== undefined || updatedPrice !== undefined) &&
      withDiscount(pricesAfter(product, changes))),
    ...((changes.name !== undefined || changes.description !== undefined) && {
      searchText: searchText(name, description),
    }),
  };
}

/** A list price alone moves what is paid along, unless that was a price of its own. */
function pricesAfter(
  product: Product,
  { unitPrice = product.unitPrice, updatedPrice }: ProductChanges,
): Prices {
  if (updatedPrice !== undefined) return { unitPrice, updatedPrice: updatedPrice ?? unitPrice };
  const wasOne = compareDecimals(product.updatedPrice, product.unitPrice) === 0;
  return { unitPrice, updatedPrice: wasOne ? unitPrice : product.updatedPrice };
}
