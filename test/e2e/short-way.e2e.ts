import { connect } from 'node:net';
import { CachedReads, EVERYTHING } from '@prior/cache';
import { RedisConnection } from '@prior/resilience';
import { InFlightGate } from '@prior/traffic';
import { HotPath } from '../../apps/api/src/hot-path';
import { ProductsListService } from '../../apps/api/src/products/products-list.service';
import { ProductsService } from '../../apps/api/src/products/products.service';
import { dropTags } from '../../libs/cache/src/protocol/tag-store';
import { startApp, type TestApp } from '../support/app';

const SHOP = 'https://shop.example.com';
const LIMIT = 30;
const ENV = { CORS_ORIGINS: SHOP, TRUST_PROXY: 'loopback', RATE_LIMIT_READ_PER_MIN: String(LIMIT) };
/** Of each request: what differs between two equal answers. */
const MADE_ANEW = ['x-request-id', 'ratelimit', 'date'];

let api: TestApp;
let base: string;
let later: jest.SpyInstance<Promise<boolean> | undefined>;

beforeAll(async () => {
  later = jest.spyOn(HotPath.prototype as never, 'later') as unknown as typeof later;
  api = await startApp({ env: ENV });
  base = await api.listen();
  const headers = await api.signIn('admin');
  for (let i = 0; i < 12; i += 1)
    await api.inject({
      method: 'POST',
      url: '/api/products',
      headers,
      payload: {
        slug: `number-${i}`,
        name: `লাল শার্ট ${i}, long enough to be compressed`,
        unitPrice: 5,
        quantity: 1,
      },
    });
  await api.inject({
    method: 'PATCH',
    url: '/api/products/number-3',
    headers,
    payload: { slug: 'moved' },
  });
});
afterAll(() => api.close());
afterEach(() => jest.restoreAllMocks());
beforeEach(() => {
  later = jest.spyOn(HotPath.prototype as never, 'later') as unknown as typeof later;
});

let callers = 0;
/** Each request is somebody else's, for the limit. */
const somebody = () => {
  callers += 1;
  return { 'x-forwarded-for': `198.19.${callers >> 8}.${callers & 255}` };
};

interface Seen {
  readonly short: boolean;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

async function ask(path: string, headers: Record<string, string> = somebody()): Promise<Seen> {
  const tries = later.mock.results.length;
  const response = await fetch(base + path, {
    headers: { 'accept-encoding': 'identity', ...headers },
    redirect: 'manual',
  });
  const body = await response.text();
  const short = (await later.mock.results[tries]?.value) === true;
  return { short, status: response.status, headers: Object.fromEntries(response.headers), body };
}

/** The same through Fastify and Nest, as if nobody had asked before. */
async function askTheLongWay(path: string, headers: Record<string, string> = somebody()): Promise<Seen> {
  await forget();
  jest.spyOn(HotPath.prototype, 'answer').mockReturnValueOnce(false);
  later.mockReturnValueOnce(undefined);
  return ask(path, headers);
}

/** Drops all that is cached, and waits until this process has heard of it. */
async function forget(): Promise<void> {
  await dropTags(api.app.get(RedisConnection).session()!, [{ tag: EVERYTHING, when: 'now' }]);
  await new Promise((resolve) => setTimeout(resolve, 500));
}

const lasting = ({ headers }: Seen) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !MADE_ANEW.includes(name)));

it.each([
  ['a list', '/api/products?limit=5', {}],
  ['another spelling', '/api/products?utm_source=x&limit=05&', {}],
  ['a page with links', '/api/products?limit=2&page=2&inStock=false', {}],
  ['compressed with brotli', '/api/products?limit=10', { 'accept-encoding': 'br' }],
  ['compressed with gzip', '/api/products?limit=10', { 'accept-encoding': 'gzip' }],
  ['a detail', '/api/products/number-1', {}],
  ['reviews', '/api/products/number-1/reviews?limit=3', {}],
  ['the tree of categories', '/api/categories', {}],
  ['for a script of the shop', '/api/products?limit=6', { origin: SHOP }],
  ['with cookies of others', '/api/products?limit=7', { cookie: '_ga=1' }],
])('loads what the long way loads, byte by byte and header by header: %s', async (_what, path, headers) => {
  const long = await askTheLongWay(path, { ...somebody(), ...headers });
  await forget();
  const short = await ask(path, { ...somebody(), ...headers });
  expect([long.short, long.status, long.headers['x-cache']]).toEqual([false, 200, 'MISS']);
  expect([short.short, short.status]).toEqual([true, 200]);
  expect(short.body).toBe(long.body);
  expect(lasting(short)).toEqual(lasting(long));
  for (const name of MADE_ANEW) expect([name, short.headers[name]]).toEqual([name, expect.any(String)]);
});

it('finds another spelling of what is at hand', async () => {
  // A load, and the first hit of this route, which goes the long way.
  for (let i = 0; i < 2; i += 1) await ask('/api/products?limit=8');
  const reads = jest.spyOn(CachedReads.prototype, 'read');
  const seen = await ask('/api/products?fbclid=1&limit=8');
  expect([seen.short, seen.headers['x-cache'], reads.mock.calls.length]).toEqual([true, 'HIT', 0]);
});

it('answers 304 to whoever has what was loaded', async () => {
  const path = '/api/products?limit=5';
  const { headers } = await ask(path);
  await askTheLongWay(path);
  await forget();
  const seen = await ask(path, { ...somebody(), 'if-none-match': headers.etag! });
  expect([seen.short, seen.status, seen.headers['x-cache']]).toEqual([true, 304, 'MISS']);
});

describe('leaves to the long way, which asks nobody again,', () => {
  const once = async (path: string, status: number, headers?: Record<string, string>) => {
    const reads = jest.spyOn(CachedReads.prototype, 'read');
    const loads = jest.spyOn(ProductsService.prototype, 'detail');
    const seen = await ask(path, { ...somebody(), ...headers });
    expect([seen.short, seen.status]).toEqual([false, status]);
    expect([reads.mock.calls.length, loads.mock.calls.length]).toEqual([1, 1]);
    return seen;
  };
  beforeEach(async () => {
    await askTheLongWay('/api/products/number-1');
  });

  it('what does not exist', async () => {
    const seen = await once('/api/products/none', 404);
    expect(JSON.parse(seen.body)).toMatchObject({ status: 404, code: 'product_not_found' });
  });

  it('what has moved', async () => {
    expect((await once('/api/products/number-3?a=1', 301)).headers['location']).toBe(
      '/api/products/moved?a=1',
    );
  });

  it('what has failed', async () => {
    jest.spyOn(ProductsService.prototype, 'detail').mockRejectedValueOnce(new Error('broken'));
    expect(JSON.parse((await once('/api/products/number-4', 500)).body)).toMatchObject({ code: 'internal' });
  });
});

it.each([
  ['what is not valid', '/api/products?limit=0', 400, {}],
  ['whoever wants no JSON', '/api/products?limit=9', 406, { accept: 'text/html' }],
  ['a path that is encoded', '/api/products/number%2D1', 200, {}],
  ['no route', '/api/nothing', 404, {}],
  ['an origin that nobody listed', '/api/products?limit=12', 200, { origin: 'https://evil.example.com' }],
])('leaves to the long way: %s', async (_what, path, status, headers) => {
  const seen = await ask(path, { ...somebody(), ...headers } as Record<string, string>);
  expect([seen.short, seen.status]).toEqual([false, status]);
});

it('counts each request once, whichever way it goes, and not one over the limit', async () => {
  const me = somebody();
  const paths = (i: number) => [
    `/api/products?limit=9&n=${i}`,
    `/api/products/none-${i}`,
    `/api/products?page=${i + 2}`,
  ];
  const statuses: number[] = [];
  for (let i = 0; i < 14; i += 1) for (const path of paths(i)) statuses.push((await ask(path, me)).status);
  const refusedAt = statuses.indexOf(429);
  // Those from L1 are counted in batches, and allow a few more.
  expect(refusedAt).toBeGreaterThanOrEqual(LIMIT);
  expect(refusedAt).toBeLessThanOrEqual(LIMIT + 5);
  expect(statuses.slice(refusedAt).every((status) => status === 429)).toBe(true);
});

it('is over for whoever hangs up while it loads', async () => {
  const path = '/api/products?limit=13';
  let begun: () => void = () => undefined;
  let goOn: () => void = () => undefined;
  const loading = new Promise<void>((resolve) => (begun = resolve));
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const { list } = ProductsListService.prototype;
  jest.spyOn(ProductsListService.prototype, 'list').mockImplementation(async function (
    this: ProductsListService,
    load,
    asked,
  ) {
    begun();
    await held;
    return list.call(this, load, asked);
  });
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await loading;
  const gate = api.app.get(InFlightGate);
  expect(gate.inFlight).toBe(1);
  socket.resetAndDestroy();
  while (gate.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  goOn();
  // What has begun is finished, for the next who asks.
  await later.mock.results.at(-1)?.value;
  expect((await ask(path)).headers['x-cache']).toBe('HIT');
});

it('takes the lease ahead, and gives back what it does not use', async () => {
  await askTheLongWay('/api/products?limit=5');
  const redis = api.app.get(RedisConnection).session()!;
  const leases = () => redis.command('keys', (client) => client.keys('*:lease:*'));
  const me = somebody();
  while ((await ask(`/api/products?limit=14&n=${Math.random()}`, me)).status !== 429);
  // Denied here without asking, and by Redis: both have looked ahead, or not at all.
  await ask('/api/products?limit=15', me);
  const values = await Promise.all(
    (await leases()).map((key) => redis.command('get', (client) => client.get(key))),
  );
  expect(values.filter((value) => value !== 'filled')).toEqual([]);
});
