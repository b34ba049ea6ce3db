import { Injectable } from '@nestjs/common';
import { jsonValue, nothing, raw, type Reader, sql } from '@prior/database';
import { pathColumn, pathIn } from '../categories';
import type { ProductDetail, ProductSummary } from './dto/product-output';
import { type ListedRow, PRODUCTS, SUMMARY_COLUMNS, summaryOf } from './product-rows';

interface DetailRow extends ListedRow {
  description: string | null;
  long_description: string | null;
  images: unknown;
  specs: unknown;
  rev: number;
  updated_at: Date;
  categoryPath: unknown;
}

const CATEGORY_PATH = pathColumn(raw('p.categoryId'));

/** Products one by one and by their names. */
@Injectable()
export class ProductsReadRepository {
  /** @returns those that exist, in the order of `keys` */
  async summaries(
    reader: Reader,
    by: 'id' | 'slug',
    keys: readonly (number | string)[],
    onlyInStock = false,
  ): Promise<ProductSummary[]> {
    if (keys.length === 0) return [];
    const { text, params } = sql`SELECT ${SUMMARY_COLUMNS} FROM ${PRODUCTS}
      WHERE p.${raw(by)} IN (${keys})${onlyInStock ? raw(' AND p.inStock = 1') : nothing}`;
    const rows = await reader.query<ListedRow>(`products.by_${by}`, text, params);
    const found = new Map(rows.map((row) => [row[by], summaryOf(row)]));
    return keys.flatMap((key) => found.get(key) ?? []);
  }

  async detail(reader: Reader, slug: string): Promise<ProductDetail | undefined> {
    const { text, params } = sql`
      SELECT ${SUMMARY_COLUMNS}, p.description, p.long_description, p.images, p.specs, p.rev, p.updated_at,
             ${CATEGORY_PATH} AS categoryPath
        FROM ${PRODUCTS} WHERE p.slug = ${slug}`;
    const [row] = await reader.query<DetailRow>('products.detail', text, params);
    return (
      row && {
        ...row,
        ...summaryOf(row),
        images: imagesOf(row.images),
        specs: specsOf(row.specs),
        categoryPath: pathIn(row.categoryPath),
      }
    );
  }

  /** The present slug of a product that had this one before. */
  async presentSlug(reader: Reader, formerSlug: string): Promise<string | undefined> {
    const [row] = await reader.query<{ slug: string }>(
      'products.presentSlug',
      'SELECT p.slug FROM product_slugs s JOIN products p ON p.id = s.productId WHERE s.slug = ?',
      [formerSlug],
    );
    return row?.slug;
  }

  async formerSlugs(reader: Reader, ids: readonly number[]): Promise<Map<number, string[]>> {
    const rows = await reader.query<{ productId: number; slug: string }>(
      'products.formerSlugs',
      'SELECT productId, slug FROM product_slugs WHERE productId IN (?)',
      [ids],
    );
    const slugs = new Map(ids.map((id): [number, string[]] => [id, []]));
    for (const { productId, slug } of rows) slugs.get(productId)?.push(slug);
    return slugs;
  }
}

/** Only what the documented shape has: an older schema may keep more in the same column. */
function imagesOf(column: unknown): ProductDetail['images'] {
  const images = jsonValue(column);
  if (!Array.isArray(images)) return [];
  return images.map((image: { url?: unknown; alt?: unknown } | null) => ({
    url: String(image?.url ?? ''),
    alt: typeof image?.alt === 'string' ? image.alt : null,
  }));
}

function specsOf(column: unknown): ProductDetail['specs'] {
  const specs = jsonValue(column);
  return typeof specs === 'object' && specs !== null ? (specs as ProductDetail['specs']) : {};
}
