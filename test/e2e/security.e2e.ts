import { startApp, type TestApp } from '../support/app';
import { rawExchange } from '../support/raw-exchange';

/**
 * What SECURITY.md promises and no other suite shows. Errors without stack or SQL, bodies, smuggling and CORS are in
 * http.e2e.ts, tokens in auth.e2e.ts and libs/http/src/auth, limits in traffic.e2e.ts.
 */
jest.setTimeout(120_000);

let api: TestApp;
let base: string;

beforeAll(async () => {
  const env = {
    CORS_ORIGINS: 'https://shop.example.com',
    REQUEST_TIMEOUT_MS: '1000',
    BODY_LIMIT_BYTES: '1024',
  };
  api = await startApp({ env });
  base = await api.listen();
  const headers = await api.signIn('admin');
  const made = await api.inject({
    method: 'POST',
    url: '/api/products',
    headers,
    payload: { name: 'Hat', slug: 'hat', description: 'd', unitPrice: 10, quantity: 3 },
  });
  expect(made.statusCode).toBe(201);
});
afterAll(() => api.close());

const get = (url: string, headers: Record<string, string> = {}) => api.inject({ url, headers });

/** Sends bytes, keeps the connection open, and waits until the server ends it. */
const held = (bytes: string) => rawExchange(base, bytes);

describe('headers', () => {
  it.each(['/api/products/hat', '/api/products', '/api/nothing', '/api/products?limit=0'])(
    'of %s tell browsers what not to do',
    async (url) => {
      const { headers } = await get(url);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'strict-transport-security': expect.stringContaining('max-age='),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    },
  );

  it('name no software and set no cookies', async () => {
    for (const url of ['/api/products/hat', '/api/nothing', '/health/live']) {
      const { headers } = await get(url);
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
      expect(headers).not.toHaveProperty('set-cookie');
    }
  });
});

describe('limits', () => {
  it('a body', async () => {
    const headers = { ...(await api.signIn('admin')), 'content-type': 'application/json' };
    const answer = await api.inject({
      method: 'POST',
      url: '/api/products',
      headers,
      payload: { name: 'x'.repeat(2_000) },
    });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([413, 'payload_too_large']);
  });

  it('a URL', async () => {
    expect(await held(`GET /api/products?q=${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });

  it.each([
    ['headers', 'GET /api/products HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    [
      'body',
      'POST /api/products HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    ],
  ])('a client that never finishes its %s', async (_, bytes) => {
    expect(await held(bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it('an unknown expectation', async () => {
    const answer = await held('GET /api/products HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 417 [^]*application\/problem\+json[^]*"code":"expectation_failed"/);
  });
});

describe('metrics and internal routes', () => {
  it.each(['/metrics', '/internal/invalidate', '/api/internal/invalidate', '/admin', '/health/../metrics'])(
    '%s is not on the public port',
    async (url) => {
      for (const method of ['GET', 'POST'] as const) {
        const answer = await api.inject({ method, url, headers: await api.signIn('admin') });
        expect([404, 405]).toContain(answer.statusCode);
      }
    },
  );
});

describe('a shared cache', () => {
  it('is never given what a signed-in caller gets', async () => {
    const tokens = [
      await api.signIn('admin'),
      { cookie: (await api.signIn('customer')).authorization.replace('Bearer ', 'auth_token=') },
    ];
    await get('/api/products/hat');
    for (const headers of [...tokens, { authorization: 'Bearer nonsense' }]) {
      for (const url of [
        '/api/products/hat',
        '/api/products',
        '/api/products/nothing',
        '/api/products/hat/reviews',
        '/api/categories',
      ]) {
        const answer = await get(url, headers);
        expect(answer.headers['cache-control']).toMatch(/no-store/);
        expect(answer.headers['cache-control']).not.toMatch(/public|s-maxage/);
        expect(answer.headers).not.toHaveProperty('cache-tag');
      }
    }
  });

  it.each([
    '/api/products/hat/x.css',
    '/api/products/hat%2Fx.css',
    '/api/products/hat;x.css',
    '/api/products/hat.css',
    '/api/products/hat%00.css',
    '/api/products/hat%23x.css',
    '/api/products/hat%3Fx.css',
    '/api/products/hat/',
    '/api/products//hat',
    '/API/products/hat',
  ])('is not deceived by %s: it is not the product under another name', async (url) => {
    const answer = await get(url, await api.signIn('admin'));
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.headers['cache-control']).toMatch(/no-store/);
  });

  it.each<Record<string, string>>([
    { 'x-forwarded-host': 'evil.example' },
    { 'x-forwarded-proto': 'evil' },
    { 'x-forwarded-prefix': '/evil' },
    { 'x-original-url': '/api/evil' },
    { 'x-rewrite-url': '/api/evil' },
    { 'x-http-method-override': 'DELETE' },
    { forwarded: 'host=evil.example;proto=evil' },
    { host: 'evil.example' },
    { 'accept-language': 'evil' },
    { 'user-agent': 'evil' },
    { 'x-request-id': 'evil-evil-evil' },
  ])('is not poisoned by %j, which is no part of its key', async (unkeyed) => {
    const name = Object.keys(unkeyed)[0]!;
    // Nobody has asked for this page before: the first who asks decides what is stored.
    const url = `/api/products?maxPrice=${1_000 + name.length * 31 + name.charCodeAt(2)}`;
    const first = await get(url, unkeyed);
    const second = await get(url);
    expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
    expect(second.body).toBe(first.body);
    expect(second.headers['x-cache']).toBe('HIT');
    expect(second.body + JSON.stringify({ ...second.headers, 'x-request-id': '' })).not.toContain('evil');
    expect((await get('/api/products/hat')).statusCode).toBe(200);
  });

  it('keeps the answer to one origin from others', async () => {
    const { headers } = await get('/api/products/hat', { origin: 'https://shop.example.com' });
    expect(headers.vary).toMatch(/Origin/);
  });
});

it('a body cannot reach the prototype of objects', async () => {
  const headers = { ...(await api.signIn('admin')), 'content-type': 'application/json' };
  for (const payload of [
    '{"__proto__":{"reached":1}}',
    '{"name":"x","\\u005f_proto__":{"reached":1}}',
    '{"constructor":{"prototype":{"reached":1}}}',
  ]) {
    const answer = await api.inject({ method: 'POST', url: '/api/products', headers, payload });
    expect(answer.statusCode).toBe(400);
    await get('/api/products?__proto__[reached]=1&constructor.prototype.reached=1');
    expect(({} as { reached?: number }).reached).toBeUndefined();
  }
});
