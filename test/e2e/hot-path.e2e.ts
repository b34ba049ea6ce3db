import { connect } from 'node:net';
import { HotPath } from '../../apps/api/src/hot-path';
import { AdmissionRefused } from '@prior/http';
import { AdmissionGate, InFlightGate } from '@prior/traffic';
import { CachedReads, EVERYTHING } from '@prior/cache';
import { ProductsListService } from '../../apps/api/src/products/products-list.service';
import { RedisConnection } from '@prior/resilience';
import { SecondTier } from '../../libs/cache/src/engine/second-tier';
import { DropFeed } from '../../libs/cache/src/protocol/drop-feed';
import { dropTags } from '../../libs/cache/src/protocol/tag-store';
import { startApp, type TestApp } from '../support/app';
import { rawExchange } from '../support/raw-exchange';

const SHOP = 'https://shop.example.com';
const LIMIT = 40;
const ENV = { CORS_ORIGINS: SHOP, TRUST_PROXY: 'loopback', RATE_LIMIT_READ_PER_MIN: String(LIMIT) };
/** Of each request: what differs between two equal answers. */
const MADE_ANEW = ['x-request-id', 'ratelimit', 'date', 'cache-status'];

let api: TestApp;
let base: string;
let answers: jest.SpyInstance<boolean>;
let later: jest.SpyInstance<Promise<boolean> | undefined>;

beforeAll(async () => {
  answers = jest.spyOn(HotPath.prototype, 'answer') as unknown as jest.SpyInstance<boolean>;
  later = jest.spyOn(HotPath.prototype as never, 'later') as unknown as typeof later;
  api = await startApp({ env: ENV });
  base = await api.listen();
  const headers = await api.signIn('admin');
  const names = Array.from(
    { length: 12 },
    (_, i) => `A rather long name, so that it pays to compress it, number ${i}`,
  );
  for (const name of names) {
    await api.inject({
      method: 'POST',
      url: '/api/products',
      headers,
      payload: { name, unitPrice: 5, quantity: 1 },
    });
  }
});
afterAll(() => api.close());

interface Seen {
  readonly hot: boolean;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

let callers = 0;
/** Each test is somebody else, for the limit. */
const somebody = () => {
  callers += 1;
  return { 'x-forwarded-for': `198.18.${callers >> 8}.${callers & 255}` };
};

async function ask(
  path: string,
  headers: Record<string, string> = somebody(),
  method = 'GET',
  at = base,
): Promise<Seen> {
  const response = await fetch(at + path, { headers: { 'accept-encoding': 'identity', ...headers }, method });
  const body = await response.text();
  const hot = answers.mock.results.at(-1)?.value === true;
  return { hot, status: response.status, headers: Object.fromEntries(response.headers), body };
}

const lasting = ({ headers }: Seen) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !MADE_ANEW.includes(name)));

/** The same through Fastify and Nest. */
async function askTheLongWay(path: string, headers?: Record<string, string>): Promise<Seen> {
  answers.mockReturnValueOnce(false);
  later.mockReturnValueOnce(undefined);
  return ask(path, headers);
}

/** Asks until an answer comes by the hot path; `long` is the long way's answer to the same. */
async function warm(path: string, headers?: Record<string, string>): Promise<{ long: Seen; hot: Seen }> {
  const limit = Date.now() + 20_000;
  while (Date.now() < limit) {
    const hot = await ask(path, headers);
    if (hot.hot) return { long: await askTheLongWay(path, headers), hot };
  }
  throw new Error(`${path} never came by the hot path`);
}

it.each([
  ['a list', '/api/products?limit=5', {}],
  ['compressed with brotli', '/api/products?limit=10', { 'accept-encoding': 'br' }],
  ['compressed with gzip', '/api/products?limit=10', { 'accept-encoding': 'gzip' }],
  ['the tree of categories', '/api/categories', {}],
  ['for a script of the shop', '/api/products?limit=6', { origin: SHOP }],
  ['with cookies of others', '/api/products?limit=7', { cookie: '_ga=1' }],
])(
  'repeats a hit, byte by byte and header by header: %s',
  async (_what, path, headers: Record<string, string>) => {
    const { long, hot } = await warm(path, { ...somebody(), ...headers });
    expect(hot.status).toBe(200);
    expect(hot.body).toBe(long.body);
    expect(lasting(hot)).toEqual(lasting(long));
    for (const name of MADE_ANEW) expect([name, hot.headers[name]]).toEqual([name, expect.any(String)]);
    expect(hot.headers['x-request-id']).not.toBe(long.headers['x-request-id']);
    expect(hot.headers['access-control-allow-origin']).toBe(headers.origin);
  },
);

it('answers 304 with the head that the long way would send', async () => {
  const path = '/api/products?limit=8';
  const { hot } = await warm(path);
  const etag = { 'if-none-match': hot.headers.etag! };
  const short = await ask(path, { ...somebody(), ...etag });
  const long = await api.inject({ url: path, headers: { ...somebody(), ...etag } });
  expect([short.hot, short.status, long.statusCode, short.body]).toEqual([true, 304, 304, '']);
  const { connection: _1, 'keep-alive': _2, ...head } = lasting(short);
  const expected = lasting({ ...short, headers: long.headers as Record<string, string> });
  delete expected['connection'];
  expect(head).toEqual(expected);
});

it.each([
  ['at once, as nothing was dropped', 15, true, [true]],
  ['once it is proven again, where the feed is late', 26, false, [false, true]],
])('repeats a hit that nobody has asked for lately, %s', async (_, limit, hears, expected) => {
  const feed = jest.spyOn(api.app.get(DropFeed), 'look');
  if (!hears) feed.mockResolvedValue();
  const path = `/api/products?limit=${limit}`;
  const { hot } = await warm(path);
  // Longer than versions are believed.
  await new Promise((resolve) => setTimeout(resolve, 600));
  const before = answers.mock.results.length;
  const seen = await ask(path);
  feed.mockRestore();
  expect(answers.mock.results.slice(before).map(({ value }) => value as boolean)).toEqual(expected);
  expect([seen.body, seen.headers.etag]).toEqual([hot.body, hot.headers.etag]);
});

it('goes on behind a standstill of the process once it is proven again', async () => {
  const path = '/api/products?limit=11';
  await warm(path);
  // No drain for longer than an answer may go without one.
  for (const end = performance.now() + 600; performance.now() < end;);
  expect(await ask(path)).toMatchObject({ hot: true, status: 200 });
});

it('keeps the id that a proxy gave to the request', async () => {
  const path = '/api/products?limit=9';
  await warm(path);
  const seen = await ask(path, { ...somebody(), 'x-request-id': 'of-the-proxy-1' });
  expect([seen.hot, seen.headers['x-request-id']]).toEqual([true, 'of-the-proxy-1']);
});

it.each([
  ['a bearer token', { authorization: 'Bearer x' }],
  ['the cookie of somebody signed in', { cookie: 'auth_token=x' }],
  ['a consistency token', { 'x-consistency-token': 'x' }],
  ['an origin that nobody listed', { origin: 'https://elsewhere.example' }],
])('leaves to the long way: %s', async (what, headers: Record<string, string>) => {
  const path = `/api/products?limit=${30 + what.length}`;
  await warm(path);
  expect((await ask(path, { ...somebody(), ...headers })).hot).toBe(false);
  // Nor does anybody get the head that was made for those.
  const next = await ask(path);
  expect([next.headers['cache-control'], next.headers['access-control-allow-origin']]).toEqual([
    expect.stringContaining('public'),
    undefined,
  ]);
});

it('sends a hit before the refusal of what came behind it and cannot be read', async () => {
  await warm('/api/products?limit=3');
  const [forwarded] = Object.values(somebody());
  const hit = `GET /api/products?limit=3 HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${forwarded}\r\n\r\n`;
  const got = await rawExchange(base, `${hit}\x01x\r\n\r\n`);
  expect(got.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
});

it('leaves HEAD to the long way, and answers it alike', async () => {
  const path = '/api/products?limit=12';
  const { hot } = await warm(path);
  const head = await ask(path, somebody(), 'HEAD');
  expect([head.hot, head.status, head.headers.etag]).toEqual([false, 200, hot.headers.etag]);
});

it('counts each request once, and refuses what is over the limit', async () => {
  const path = '/api/products?limit=13';
  await warm(path);
  const me = somebody();
  const seen: Seen[] = [];
  for (let i = 0; i < LIMIT + 10; i += 1) seen.push(await ask(path, me));
  const allowed = seen.filter(({ status }) => status === 200);
  // A loaded machine may take so long that a few more are due.
  expect(allowed.length).toBeGreaterThanOrEqual(LIMIT);
  expect(allowed.some(({ hot }) => hot)).toBe(true);
  const [refused] = seen.filter(({ status }) => status === 429);
  expect(refused?.headers['content-type']).toContain('application/problem+json');
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
});

it('repeats nothing once its facts have changed', async () => {
  const path = '/api/products?limit=14';
  const { hot } = await warm(path);
  const headers = { ...(await api.signIn('admin')), 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'The newest', unitPrice: 5, quantity: 1 });
  const written = await fetch(`${base}/api/products`, { method: 'POST', headers, body });
  expect(written.status).toBe(201);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const seen = await ask(path);
  expect(seen.body).toContain('The newest');
  expect(seen.headers.etag).not.toBe(hot.headers.etag);
});

describe('what only Redis has', () => {
  /** Each process of a shop has an L1 of its own; here there is none, as for whatever another process has just loaded. */
  let other: TestApp;
  let without: string;
  beforeAll(async () => {
    other = await startApp({ database: api.database, env: { ...ENV, CACHE_L1_MAX_BYTES: '0' } });
    without = await other.listen();
  });
  afterAll(() => other.close());

  const askOther = async (path: string, headers?: Record<string, string>) => {
    const results = answers.mock.results.length;
    const seen = await ask(path, headers, 'GET', without);
    // Once for what is at hand, and once behind the look.
    return { ...seen, tries: answers.mock.results.length - results };
  };

  it('is answered without the pipeline, like a hit of this process', async () => {
    const path = '/api/products?limit=21';
    await warm(path);
    const looks = jest.spyOn(SecondTier.prototype, 'look');
    const long = await askOther(path);
    const hot = await askOther(path);
    expect([long.hot, hot.hot, hot.tries]).toEqual([false, true, 2]);
    expect(hot.headers['cache-status']).toMatch(/^Prior; hit; ttl=\d+; detail=l2$/);
    expect([hot.body, lasting(hot)]).toEqual([long.body, lasting(long)]);
    expect(looks.mock.calls.length).toBe(2);
    looks.mockRestore();
  });

  it('is asked for once, also when the pipeline has to load it', async () => {
    const path = '/api/products?limit=22';
    const looks = jest.spyOn(SecondTier.prototype, 'look');
    await askOther(path);
    await dropTags(other.app.get(RedisConnection).session()!, [{ tag: EVERYTHING, when: 'now' }]);
    await new Promise((resolve) => setTimeout(resolve, 500)); // it has heard of that by then
    looks.mockClear();
    const seen = await askOther(path);
    expect([seen.hot, seen.headers['x-cache']]).toEqual([false, 'MISS']);
    // Nobody has filled it under these versions: under the lease there is nothing to look for.
    expect(looks.mock.calls.length).toBe(1);
    looks.mockRestore();
  });

  it('is counted, and refused over the limit', async () => {
    const path = '/api/products?limit=23';
    const me = somebody();
    await askOther(path);
    const seen: Seen[] = [];
    for (let i = 0; i < LIMIT + 10; i += 1) seen.push(await askOther(path, me));
    expect(seen.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(LIMIT);
    expect(seen.some(({ hot }) => hot)).toBe(true);
    expect(seen.at(-1)?.status).toBe(429);
  });
});

it('is quick in every encoding at once', async () => {
  const path = '/api/products?limit=11';
  for (const encoding of ['br', 'gzip']) await warm(path, { ...somebody(), 'accept-encoding': encoding });
  const look = jest.spyOn(SecondTier.prototype, 'look');
  const hot: boolean[] = [];
  for (let i = 0; i < 6; i += 1) {
    hot.push((await ask(path, { ...somebody(), 'accept-encoding': i % 2 ? 'br' : 'gzip' })).hot);
  }
  expect(hot).toEqual(Array.from({ length: 6 }, () => true));
  expect(look.mock.calls.length).toBe(0);
  look.mockRestore();
});

it('forgets whoever hangs up while Redis is asked', async () => {
  const path = '/api/products?limit=24';
  await ask(path);
  await dropTags(api.app.get(RedisConnection).session()!, [{ tag: EVERYTHING, when: 'now' }]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  let goOn: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const { look } = SecondTier.prototype;
  const looks = jest.spyOn(SecondTier.prototype, 'look').mockImplementation(async function (
    this: SecondTier,
    ...args: Parameters<SecondTier['look']>
  ) {
    await held;
    return look.apply(this, args);
  });
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  while (looks.mock.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const asked = answers.mock.results.length;
  socket.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  goOn();
  await new Promise((resolve) => setTimeout(resolve, 50));
  looks.mockRestore();
  expect(api.app.get(InFlightGate).inFlight).toBe(0);
  expect(answers.mock.results).toHaveLength(asked);
  // And the next one is answered.
  expect((await ask(path)).status).toBe(200);
});

describe('what has to be loaded', () => {
  const PATH = '/api/products?limit=23';
  const crowd = () => Promise.all(Array.from({ length: 20 }, () => ask(PATH)));
  const outcomes = (all: readonly Seen[]) => {
    const count = (outcome: string) => all.filter(({ headers }) => headers['x-cache'] === outcome).length;
    return [count('MISS'), count('HIT')];
  };
  let reads: jest.SpyInstance;
  let list: jest.SpyInstance;
  let fill: jest.SpyInstance;
  beforeAll(() => warm(PATH));
  beforeEach(async () => {
    await dropTags(api.app.get(RedisConnection).session()!, [{ tag: EVERYTHING, when: 'now' }]);
    await new Promise((resolve) => setTimeout(resolve, 600));
    reads = jest.spyOn(CachedReads.prototype, 'read');
    list = jest.spyOn(ProductsListService.prototype, 'list');
    fill = jest.spyOn(SecondTier.prototype, 'fill');
  });
  afterEach(() => [reads, list, fill].forEach((spy) => spy.mockRestore()));

  it('is loaded by one of all who want it, and the others get it by the hot path', async () => {
    const all = await crowd();
    expect(outcomes(all)).toEqual([1, 19]);
    expect([reads.mock.calls.length, list.mock.calls.length]).toEqual([1, 1]);
  });

  it('is loaded by the next of them when the first one cannot', async () => {
    list.mockRejectedValueOnce(new Error('broken'));
    const all = await crowd();
    expect(all.filter(({ status }) => status === 500)).toHaveLength(1);
    expect(outcomes(all)).toEqual([1, 18]);
    expect([reads.mock.calls.length, list.mock.calls.length]).toEqual([2, 2]);
  });

  it('is loaded by all together when answers are never good for anybody else', async () => {
    fill.mockResolvedValue(undefined);
    const all = await crowd();
    expect(outcomes(all)).toEqual([20, 0]);
    // Three by one, and the rest in one flight.
    expect(list.mock.calls.length).toBe(4);
  });
});

describe('when there is too much to do', () => {
  const busy = () =>
    jest.spyOn(AdmissionGate.prototype, 'turnAway').mockImplementation(() => new AdmissionRefused('shed', 1));
  afterEach(() => jest.restoreAllMocks());

  it('refuses what would need the database, in a way that scripts of the shop can read', async () => {
    const path = '/api/products?limit=16';
    await warm(path);
    const turnAway = busy();
    const refused = await ask('/api/products?limit=17', { ...somebody(), origin: SHOP });
    expect(refused.status).toBe(503);
    expect(refused.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'retry-after': expect.stringMatching(/^[123]$/) as string,
      'access-control-allow-origin': SHOP,
    });
    expect(JSON.parse(refused.body)).toMatchObject({ status: 503, code: 'overloaded' });
    expect(turnAway.mock.calls).toEqual([['list']]);
    // What is cached is served all the same, and probes are answered.
    expect((await ask(path)).status).toBe(200);
    expect((await ask('/health/live')).status).toBe(200);
    expect(turnAway).toHaveBeenCalledTimes(1);
  });

  it('asks once about a request that it lets in', async () => {
    const turnAway = jest.spyOn(AdmissionGate.prototype, 'turnAway');
    expect((await ask('/api/products/no-such-thing')).status).toBe(404);
    expect(turnAway.mock.calls).toEqual([['detail']]);
  });

  it('answers a caller who has used up the limit with 429', async () => {
    const me = somebody();
    while ((await ask('/api/products?limit=18', me)).status !== 429);
    busy();
    expect((await ask('/api/products?limit=19', me)).status).toBe(429);
  });
});
