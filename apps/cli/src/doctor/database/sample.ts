import type { ProductSample } from '../../../../api/src/products';
import type { DatabaseServer } from './server';

/** What is asked for where the database cannot say what there is: a plan does not need it to exist. */
const ANY: ProductSample = {
  id: 1,
  slug: 'any',
  categoryId: 1,
  category: 'any',
  minPrice: '10',
  maxPrice: '100',
  word: 'any',
};

interface Found {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly price: string;
}

/** A product and a category that many ask for: the most reviewed one, and the fullest below the root. */
export async function sampleOf(db: DatabaseServer): Promise<ProductSample> {
  const first = async <Row>(sql: string): Promise<Row | undefined> =>
    db.query<Row>(sql).then(
      ([row]) => row,
      () => undefined, // an older schema has no such table; whoever needs it finds that out
    );
  const product = await first<Found>(
    `SELECT id, slug, name, updatedPrice AS price FROM products WHERE inStock = 1
      ORDER BY reviewCount DESC, id DESC LIMIT 1`,
  );
  const category = await first<{ id: number; slug: string }>(
    `SELECT c.id, c.slug FROM category_totals t JOIN categories c ON c.id = t.categoryId
      ORDER BY c.parentId IS NULL, t.products DESC LIMIT 1`,
  );
  const price = Number(product?.price ?? 0);
  return {
    ...ANY,
    ...(product && {
      id: product.id,
      slug: product.slug,
      word: /\p{L}{3,}/u.exec(product.name)?.[0] ?? ANY.word,
      minPrice: String(Math.floor(price * 0.5)),
      maxPrice: String(Math.ceil(price * 1.5)),
    }),
    ...(category && { categoryId: category.id, category: category.slug }),
  };
}
