import { columns, NO_OPTION, PATH_SEPARATOR } from '../shopify/columns';

/** A product as it is read for an export. */
export interface ExportedProduct {
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly long_description: string | null;
  readonly thumbnail: string | null;
  readonly images: readonly { url: string; alt: string | null }[];
  readonly specs: Readonly<Record<string, string | readonly string[]>>;
  readonly unitPrice: string;
  readonly updatedPrice: string;
  readonly hasDiscount: boolean;
  readonly quantity: number;
  /** Names from the root down; empty without a category. */
  readonly category: readonly string[];
}

export type CsvRecord = Readonly<Record<string, string>>;

const PLAIN = {
  policy: 'Variant Inventory Policy',
  service: 'Variant Fulfillment Service',
  tracker: 'Variant Inventory Tracker',
  shipping: 'Variant Requires Shipping',
  taxable: 'Variant Taxable',
  giftCard: 'Gift Card',
} as const;

/** In the order of Shopify's own exports. */
export const exportColumns: readonly string[] = [
  columns.handle,
  columns.title,
  columns.body,
  columns.vendor,
  columns.category,
  columns.type,
  columns.tags,
  columns.published,
  ...columns.optionNames.flatMap((name, i) => [name, columns.optionValues[i] ?? '']),
  columns.sku,
  PLAIN.tracker,
  columns.quantity,
  PLAIN.policy,
  PLAIN.service,
  columns.price,
  columns.compareAt,
  PLAIN.shipping,
  PLAIN.taxable,
  columns.image,
  columns.imagePosition,
  columns.imageAlt,
  PLAIN.giftCard,
  columns.variantImage,
  columns.status,
  columns.description,
  columns.specs,
];

const text = (value: string | readonly string[] | undefined): string =>
  typeof value === 'string' ? value : '';
const list = (value: string | readonly string[] | undefined): readonly string[] =>
  Array.isArray(value) ? value : [];

/**
 * The records of one product: what it is in the first, a further one for each option value and each image. The catalogue
 * keeps one stock and one price, so every variant has that price and the first one all the stock.
 */
export function recordsOf(product: ExportedProduct): CsvRecord[] {
  const { images, specs } = product;
  const options = Object.entries(specs).filter(
    ([name, value]) => name !== 'Tags' && name !== 'SKU' && list(value).length > 0,
  );
  const used = options.slice(0, columns.optionNames.length).map(([, value]) => list(value));
  const skus = list(specs['SKU']);
  const variants = Math.max(1, skus.length, ...used.map((values) => values.length));
  const records: CsvRecord[] = [];
  for (let i = 0; i < Math.max(variants, images.length); i++) {
    records.push({
      [columns.handle]: product.slug,
      ...(i === 0 &&
        wholeProduct(
          product,
          options.map(([name]) => name),
        )),
      ...(i < variants && variant(product, used, skus, i)),
      ...(images[i] && {
        [columns.image]: images[i]?.url ?? '',
        [columns.imagePosition]: String(i + 1),
        [columns.imageAlt]: images[i]?.alt ?? '',
      }),
    });
  }
  return records;
}

function wholeProduct(product: ExportedProduct, optionNames: readonly string[]): CsvRecord {
  const { specs, images, thumbnail, category } = product;
  const names = optionNames.length > 0 ? optionNames : [NO_OPTION.name];
  return {
    [columns.title]: product.name,
    [columns.body]: product.long_description ?? '',
    [columns.vendor]: text(specs['Vendor']),
    [columns.category]: category.join(PATH_SEPARATOR),
    [columns.type]: category.at(-1) ?? '',
    [columns.tags]: list(specs['Tags']).join(', '),
    [columns.published]: 'true',
    ...Object.fromEntries(columns.optionNames.map((column, i) => [column, names[i] ?? ''])),
    [PLAIN.giftCard]: 'false',
    [columns.variantImage]: thumbnail !== null && thumbnail !== images[0]?.url ? thumbnail : '',
    [columns.status]: 'active',
    [columns.description]: product.description ?? '',
    [columns.specs]: Object.keys(specs).length > 0 ? JSON.stringify(specs) : '',
  };
}

function variant(
  product: ExportedProduct,
  options: readonly (readonly string[])[],
  skus: readonly string[],
  i: number,
): CsvRecord {
  const values = options.length > 0 ? options.map((own) => own[i] ?? own.at(-1) ?? '') : [NO_OPTION.value];
  return {
    ...Object.fromEntries(columns.optionValues.map((column, n) => [column, values[n] ?? ''])),
    [columns.sku]: skus[i] ?? '',
    [PLAIN.tracker]: 'shopify',
    [columns.quantity]: i === 0 ? String(product.quantity) : '0',
    [PLAIN.policy]: 'deny',
    [PLAIN.service]: 'manual',
    [columns.price]: product.updatedPrice,
    [columns.compareAt]: product.hasDiscount ? product.unitPrice : '',
    [PLAIN.shipping]: 'true',
    [PLAIN.taxable]: 'true',
  };
}
