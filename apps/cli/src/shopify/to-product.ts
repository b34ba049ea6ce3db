import { columns, NO_OPTION, PATH_SEPARATOR, UNCATEGORISED } from './columns';
import type { Group, Problem } from './groups';
import { textOf } from './html-text';
import { amountOf, hundredths } from './money';
import type { Row } from './rows';

type Specs = Record<string, string | string[]>;

/** A product as the file gives it, in the words of the API's input. Columns that the file lacks are left out. */
export interface ShopifyProduct {
  readonly slug: string;
  readonly name: string;
  readonly unitPrice: string;
  readonly updatedPrice: string;
  readonly quantity?: number;
  readonly description?: string | null;
  readonly long_description?: string | null;
  readonly thumbnail?: string | null;
  readonly images?: readonly { url: string; alt: string | null }[];
  readonly specs?: Specs;
}

export interface Read {
  readonly product: ShopifyProduct;
  /** Names from the root down. */
  readonly category: readonly string[];
  /** Lines to point to, by column. */
  readonly line: number;
  /** Not to be sold in the shop where the file comes from. */
  readonly hidden: boolean;
}

/** Descriptions of the lists; the whole body is kept beside. */
const MAX_DESCRIPTION = 16_000;

class Reader {
  readonly problems: Problem[] = [];

  fault(row: Row, column: string, reason: string): void {
    this.problems.push({ line: row.line, column, reason });
  }

  price(row: Row, column: string): bigint | undefined {
    const text = row.get(column);
    const amount = hundredths(text);
    if (amount === undefined) {
      this.fault(row, column, text === '' ? 'it is empty' : `"${text}" is not an amount such as 1234.50`);
    }
    return amount;
  }
}

/** @returns the product, or everything that is wrong with it */
export function toProduct({ handle, rows, problems }: Group): Read | { problems: readonly Problem[] } {
  const [first] = rows;
  const reader = new Reader();
  reader.problems.push(...problems);
  if (first === undefined || reader.problems.length > 0) return { problems: reader.problems };
  const name = first.get(columns.title);
  if (handle === '') reader.fault(first, columns.handle, 'it is empty');
  if (name === '') reader.fault(first, columns.title, 'it is empty');
  const variants = rows.filter((row) => row === first || isVariant(row));
  const offer = offerOf(reader, variants);
  const product = {
    slug: handle,
    name,
    ...offer,
    ...quantityOf(reader, variants),
    ...bodyOf(first),
    ...imagesOf(reader, rows),
    ...specsOf(reader, first, variants),
  };
  if (reader.problems.length > 0) return { problems: reader.problems };
  return { product, category: categoryOf(first), line: first.line, hidden: isHidden(first) };
}

/** The other rows of a product only carry further images. */
const isVariant = (row: Row): boolean =>
  row.get(columns.price) !== '' || columns.optionValues.some((column) => row.get(column) !== '');

/** What the cheapest variant costs, and what it used to. */
function offerOf(reader: Reader, variants: readonly Row[]): { unitPrice: string; updatedPrice: string } {
  let lowest: { paid: bigint; list: bigint } | undefined;
  for (const row of variants) {
    const paid = reader.price(row, columns.price);
    const list = row.get(columns.compareAt) === '' ? 0n : reader.price(row, columns.compareAt);
    if (paid === undefined || list === undefined) continue;
    if (!lowest || paid < lowest.paid) lowest = { paid, list: list > paid ? list : paid };
  }
  return { unitPrice: amountOf(lowest?.list ?? 0n), updatedPrice: amountOf(lowest?.paid ?? 0n) };
}

/** The sum of all variants; an oversold one counts as none. A file without stock says nothing about it. */
function quantityOf(reader: Reader, variants: readonly Row[]): { quantity?: number } {
  const given = variants.filter((row) => row.get(columns.quantity) !== '');
  let quantity = 0;
  for (const row of given) {
    const text = row.get(columns.quantity);
    if (/^-?\d{1,9}$/.test(text)) quantity += Math.max(0, Number(text));
    else reader.fault(row, columns.quantity, `"${text}" is not a whole number`);
  }
  return given.length > 0 ? { quantity } : {};
}

function bodyOf(first: Row): Pick<ShopifyProduct, 'description' | 'long_description'> {
  const body = first.get(columns.body);
  const own = first.get(columns.description);
  const description = own || textOf(body).slice(0, MAX_DESCRIPTION).trimEnd();
  return {
    ...(first.has(columns.body) && { long_description: body || null }),
    ...((first.has(columns.body) || own !== '') && { description: description || null }),
  };
}

function imagesOf(reader: Reader, rows: readonly Row[]): Pick<ShopifyProduct, 'images' | 'thumbnail'> {
  const [first] = rows;
  if (!first?.has(columns.image)) return {};
  const found = rows.flatMap((row, index) => {
    const url = row.get(columns.image);
    if (url === '') return [];
    if (!/^(https?:\/\/|\/(?!\/))\S+$/i.test(url) || url.length > 1024) {
      reader.fault(row, columns.image, `"${url.slice(0, 60)}" is not an address (https://…)`);
    }
    const position = Number(row.get(columns.imagePosition) || index + 1);
    return [{ position, url, alt: row.get(columns.imageAlt) || null }];
  });
  const images = found.sort((a, b) => a.position - b.position).map(({ url, alt }) => ({ url, alt }));
  return { images, thumbnail: first.get(columns.variantImage) || images[0]?.url || null };
}

function specsOf(reader: Reader, first: Row, variants: readonly Row[]): { specs?: Specs } {
  const specs: Specs = {};
  Object.assign(specs, ownSpecs(reader, first));
  const put = (name: string, value: string | string[]) => {
    if (value.length > 0) specs[name] = value;
  };
  put('Vendor', first.get(columns.vendor));
  put('Tags', listOf(first.get(columns.tags).split(',')));
  const type = first.get(columns.type);
  if (type !== '' && categoryOf(first).at(-1) !== type) put('Type', type);
  columns.optionNames.forEach((nameColumn, i) => {
    const name = first.get(nameColumn);
    const values = listOf(variants.map((row) => row.get(columns.optionValues[i] ?? '')));
    const none = name === NO_OPTION.name && values.join() === NO_OPTION.value;
    if (name !== '' && !none) put(name, values);
  });
  put('SKU', listOf(variants.map((row) => row.get(columns.sku))));
  const known = [columns.vendor, columns.tags, columns.sku, columns.specs, ...columns.optionNames];
  return known.some((column) => first.has(column)) ? { specs } : {};
}

/** The specs of an export of ours. */
function ownSpecs(reader: Reader, first: Row): Specs {
  const text = first.get(columns.specs);
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Specs;
  } catch {
    // Said below, like JSON of another kind.
  }
  reader.fault(first, columns.specs, 'it is not a JSON object');
  return {};
}

const listOf = (values: readonly string[]): string[] => [
  ...new Set(values.map((value) => value.trim()).filter(Boolean)),
];

/** The standard taxonomy's path, else the shop's own type, else a category for the rest. */
function categoryOf(first: Row): string[] {
  const google = first.get(columns.googleCategory);
  // Older files hold a number of Google's list here, which is no name.
  const path = first.get(columns.category) || (/^\d*$/.test(google) ? '' : google);
  const names = (path || first.get(columns.type)).split(path ? PATH_SEPARATOR : '\n');
  const found = names.map((name) => name.trim()).filter(Boolean);
  return found.length > 0 ? found : [UNCATEGORISED];
}

const isHidden = (first: Row): boolean =>
  /^false$/i.test(first.get(columns.published)) || /^(draft|archived)$/i.test(first.get(columns.status));
