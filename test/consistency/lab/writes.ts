import type { Register } from '../history/register';
import type { CategoryModel, ProductModel } from '../shop/model';
import type { Write } from './lab';
import { bearer } from './tokens';
import type { Truth } from './truth';

/** Registers of different types in one list. */
const all = (...registers: unknown[]): Register<never>[] => registers as Register<never>[];

async function patch<V>(
  truth: Truth,
  product: ProductModel,
  column: string,
  register: Register<V>,
  value: V,
): Promise<Write> {
  const { id } = product;
  return {
    method: 'PATCH',
    path: `/api/products/${product.slug.latest}`,
    body: { [column]: value },
    authorization: await bearer('admin'),
    registers: all(register),
    begin: (at) => register.begin(value, at),
    landed: async () => {
      const rows = await truth.ask<{ seen: V }>(`SELECT ${column} AS seen FROM products WHERE id = ?`, [id]);
      return rows[0]?.seen === value;
    },
    acked: (answer, sentAt, at) => product.noteRev(answer?.json<{ rev: number }>().rev, sentAt, at),
  };
}

export const rename = (truth: Truth, product: ProductModel) =>
  patch(truth, product, 'name', product.name, product.nextName());

export const move = (truth: Truth, product: ProductModel, to: CategoryModel) =>
  patch(truth, product, 'categoryId', product.place, to.id);

export const changeSlug = (truth: Truth, product: ProductModel, slug: string) =>
  patch(truth, product, 'slug', product.slug, slug);

/** As a checkout does it: a busy list learns of it a little later. */
export async function setStock(truth: Truth, product: ProductModel, stock: number): Promise<Write> {
  const { id } = product;
  return {
    method: 'POST',
    path: '/api/products/stock',
    body: { changes: [{ id, delta: stock - product.stock.latest }] },
    authorization: await bearer('service'),
    registers: all(product.stock),
    begin: (at) => product.stock.begin(stock, at),
    landed: async () => {
      const rows = await truth.ask<{ quantity: number }>('SELECT quantity FROM products WHERE id = ?', [id]);
      return rows[0]?.quantity === stock;
    },
  };
}

export async function create(truth: Truth, product: ProductModel): Promise<Write> {
  const [name, slug] = [product.nextName(), product.slug.latest];
  const { exists, name: nameRegister, stock, place } = product;
  return {
    method: 'POST',
    path: '/api/products',
    body: { name, slug, unitPrice: '5.00', quantity: stock.latest, categoryId: place.latest },
    authorization: await bearer('admin'),
    registers: all(exists, nameRegister),
    begin: (at) => {
      exists.begin(true, at);
      nameRegister.begin(name, at);
    },
    landed: async () => (await truth.ask('SELECT id FROM products WHERE slug = ?', [slug])).length > 0,
    acked: (answer) => {
      product.id = answer?.json<{ id: number }>().id ?? product.id;
    },
  };
}

export async function remove(truth: Truth, product: ProductModel): Promise<Write> {
  const slug = product.slug.latest;
  return {
    method: 'DELETE',
    path: `/api/products/${slug}`,
    authorization: await bearer('admin'),
    registers: all(product.exists),
    begin: (at) => product.exists.begin(false, at),
    landed: async () => (await truth.ask('SELECT id FROM products WHERE slug = ?', [slug])).length === 0,
  };
}

let customers = 0;

export async function review(truth: Truth, product: ProductModel): Promise<Write> {
  const subject = `customer-${process.pid}-${(customers += 1)}`;
  const { id, reviewCount, newestReview, reviews } = product;
  const title = `review ${customers}`;
  const sql = 'SELECT id FROM reviews WHERE product_id = ? AND author = ?';
  let reviewId = 0;
  return {
    method: 'POST',
    path: `/api/products/${product.slug.latest}/reviews`,
    body: { rating: 4, title },
    authorization: await bearer('customer', subject),
    registers: all(reviewCount, newestReview),
    begin: (at) => {
      reviewCount.begin(reviews.length + 1, at);
      newestReview.begin(title, at);
    },
    landed: async () => {
      const [row] = await truth.ask<{ id: number }>(sql, [id, subject]);
      reviewId = row?.id ?? 0;
      return row !== undefined;
    },
    acked: (answer) => reviews.push({ id: answer?.json<{ id: number }>().id ?? reviewId, title }),
  };
}

/** Takes the newest review back. */
export async function unreview(truth: Truth, product: ProductModel): Promise<Write> {
  const { reviewCount, newestReview, reviews } = product;
  const { id } = reviews.at(-1)!;
  return {
    method: 'DELETE',
    path: `/api/products/${product.slug.latest}/reviews/${id}`,
    authorization: await bearer('admin'),
    registers: all(reviewCount, newestReview),
    begin: (at) => {
      reviewCount.begin(reviews.length - 1, at);
      newestReview.begin(reviews.at(-2)?.title ?? null, at);
    },
    landed: async () => (await truth.ask('SELECT id FROM reviews WHERE id = ?', [id])).length === 0,
    acked: () => reviews.pop(),
  };
}

export async function renameCategory(truth: Truth, category: CategoryModel): Promise<Write> {
  const name = `${category.slug} no ${Number(/\d+$/.exec(category.name.latest)?.[0] ?? 0) + 1}`;
  return {
    method: 'PATCH',
    path: `/api/categories/${category.slug}`,
    body: { name },
    authorization: await bearer('admin'),
    registers: all(category.name),
    begin: (at) => category.name.begin(name, at),
    landed: async () => {
      const [row] = await truth.ask<{ name: string }>('SELECT name FROM categories WHERE id = ?', [
        category.id,
      ]);
      return row?.name === name;
    },
  };
}
