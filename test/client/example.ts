declare const session: { readonly token: string | undefined };

import { createPriorClient, isProblem, type ProductSummary } from '../../clients/typescript/src';

const api = createPriorClient({
  baseUrl: 'https://api.example.com',
  accessToken: () => session.token, // undefined for visitors; leave it out where the cookie signs people in
});

/** The first page of a category. */
async function shelf(category: string): Promise<ProductSummary[]> {
  const { data, error } = await api.GET('/api/products', {
    params: { query: { category, sort: 'popular', limit: 20 } },
  });
  if (isProblem(error, 'category_not_found')) return [];
  if (error) throw new Error(error.detail);
  return data.products;
}

/** A cart: exactly these products, in this order, sold out or not. */
const cart = (ids: number[]) => api.GET('/api/products', { params: { query: { ids } } });

/** A checkout on the shop's server. With a key it is safe to repeat, and the client repeats it. */
async function checkOut(order: string, slug: string) {
  const { error } = await api.POST('/api/products/stock', {
    params: { header: { 'Idempotency-Key': order } },
    body: { changes: [{ slug, delta: -1 }] },
  });
  if (isProblem(error, 'out_of_stock')) return 'sold out';
  if (error) throw new Error(error.detail);
  return 'sold';
}

/** An editor saves what they saw; somebody else's change meanwhile is not overwritten. */
async function rename(slug: string, name: string) {
  const { response } = await api.GET('/api/products/{slug}', { params: { path: { slug } } });
  const { data, error } = await api.PATCH('/api/products/{slug}', {
    params: { path: { slug }, header: { 'If-Match': response.headers.get('ETag') ?? undefined } },
    body: { name },
  });
  if (isProblem(error, 'precondition_failed')) return rename(slug, name);
  if (error) throw new Error(error.detail);
  return data; // from here on this client reads the new name, in lists too
}

export { cart, checkOut, rename, shelf };
