import {
  createPriorClient,
  isProblem,
  type PriorClient,
  type PriorClientOptions,
} from '../../clients/typescript/src';
import type { Role } from '@prior/http';
import { startApp, type TestApp } from '../support/app';

jest.setTimeout(120_000);

/** So that a refusal says: one second, or three for writes. */
const LIMITS = { RATE_LIMIT_READ_PER_MIN: '60', RATE_LIMIT_WRITE_PER_MIN: '20' };

let api: TestApp;
let baseUrl: string;
let visitors = 0;

beforeAll(async () => {
  api = await startApp({ env: { ...LIMITS, TRUST_PROXY: 'loopback' } });
  baseUrl = await api.listen();
});
afterAll(() => api.close());

/** A client with an address of its own. */
function visitor(options: Partial<PriorClientOptions> = {}): PriorClient {
  visitors += 1;
  return createPriorClient({ baseUrl, headers: { 'X-Forwarded-For': `203.0.113.${visitors}` }, ...options });
}

async function signedIn(role: Role, options: Partial<PriorClientOptions> = {}): Promise<PriorClient> {
  visitors += 1;
  const { authorization } = await api.signIn(role, `client-${visitors}`);
  return visitor({ accessToken: () => authorization.slice('Bearer '.length), ...options });
}

async function newProduct(name: string): Promise<{ id: number; slug: string }> {
  const admin = await signedIn('admin');
  const { data, error } = await admin.POST('/api/products', {
    body: { name, unitPrice: '10.00', quantity: 9 },
  });
  if (!data) throw new Error(JSON.stringify(error));
  return data;
}

it('reads and writes', async () => {
  const { id, slug } = await newProduct('Blue shirt');
  const other = await newProduct('Red shirt');
  const { data } = await visitor().GET('/api/products', { params: { query: { ids: [other.id, id] } } });
  expect(data?.products.map((product) => product.slug)).toEqual([other.slug, slug]);

  const customer = await signedIn('customer');
  const { data: review } = await customer.POST('/api/products/{slug}/reviews', {
    params: { path: { slug } },
    body: { rating: 5, title: 'Fits', body: null },
  });
  expect(review?.rating).toBe(5);
  const { response } = await customer.DELETE('/api/products/{slug}/reviews/{id}', {
    params: { path: { slug, id: review?.id ?? 0 } },
  });
  expect(response.status).toBe(204);
});

it('errors are typed, and told apart by their code', async () => {
  const { data, error } = await visitor().GET('/api/products/{slug}', {
    params: { path: { slug: 'nothing' } },
  });
  expect(data).toBeUndefined();
  expect(isProblem(error, 'product_not_found')).toBe(true);
  expect(isProblem(error, 'out_of_stock')).toBe(false);
  expect(error?.detail).toContain('nothing');
});

it('whoever writes reads what was written, where others may not yet', async () => {
  const { id, slug } = await newProduct('Clay lamp');
  const shop = await signedIn('service');
  const others = visitor();
  const query = { sort: 'newest', limit: 100 } as const;
  const quantityIn = async (client: PriorClient) => {
    const { data, response } = await client.GET('/api/products', { params: { query } });
    const found = data?.products.find((product) => product.id === id);
    return { quantity: found?.quantity, cache: response.headers.get('cache-control') };
  };
  for (let left = 8; left > 0; left -= 1) {
    // In every cache, with the quantity of before: stock reaches lists half a second later.
    await quantityIn(others);
    const { error } = await shop.POST('/api/products/stock', { body: { changes: [{ slug, delta: -1 }] } });
    expect(error).toBeUndefined();
    const seen = await quantityIn(shop);
    expect(seen.quantity).toBe(left);
    expect(seen.cache).toContain('no-store');
  }
});

it('a refused read is repeated when its time has come', async () => {
  const options = { headers: { 'X-Forwarded-For': '203.0.113.200' } };
  const impatient = visitor({ ...options, retry: false });
  let status = 200;
  for (let asked = 0; status === 200 && asked < 200; asked += 1)
    status = (await impatient.GET('/api/categories')).response.status;
  expect(status).toBe(429);
  const { data } = await visitor(options).GET('/api/categories');
  expect(data?.categories).toEqual([]);
});

it('a refused write is repeated, once', async () => {
  const { slug } = await newProduct('Jute bag');
  const { authorization } = await api.signIn('admin', 'hurried');
  const accessToken = () => authorization.slice('Bearer '.length);
  const change = (client: PriorClient, name: string) =>
    client.PATCH('/api/products/{slug}', { params: { path: { slug } }, body: { name } });
  const impatient = visitor({ accessToken, retry: false });
  let refused: unknown;
  for (let i = 0; refused === undefined && i < 40; i += 1)
    refused = (await change(impatient, `Bag ${i}`)).error;
  expect(isProblem(refused, 'rate_limited')).toBe(true);
  const patient = visitor({ accessToken });
  const before = (await patient.GET('/api/products/{slug}', { params: { path: { slug } } })).data;
  const { data } = await change(patient, 'Jute bag, large');
  expect(data?.name).toBe('Jute bag, large');
  expect(data?.rev).toBe((before?.rev ?? 0) + 1);
});
