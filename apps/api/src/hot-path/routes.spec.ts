import fastify, { type FastifyInstance } from 'fastify';
import { Routes } from './routes';

const PATTERNS = [
  '/api/products',
  '/api/products/:slug',
  '/api/products/:slug/reviews',
  '/api/products/new',
  '/docs',
];

let app: FastifyInstance;
let routes: Routes;
beforeEach(() => {
  app = fastify();
  routes = new Routes();
  routes.follow(app);
  for (const url of PATTERNS)
    app.get(url, (request) => ({
      route: request.routeOptions.url,
      params: request.params,
      query: request.query,
    }));
  app.post('/api/products/stock', () => ({}));
});
afterEach(() => app.close());

it.each([
  '/api/products',
  '/api/products?a=1&b=x%20y&a=2&c',
  '/api/products?q=%E0%A6%AE+%zz&&=1',
  '/api/products?a=1?b=2',
  '/api/products/red-shirt',
  '/api/products/red-shirt?utm_source=x',
  '/api/products/new',
  '/api/products/stock',
  '/api/products/red.shirt_~1/reviews?limit=2',
])('reads %s as the router does', async (url) => {
  const { route, params, query } = (await app.inject(url)).json();
  expect(routes.match(url)).toEqual({ route, params, query, limit: undefined });
});

it.each([
  ['encoded', '/api/products/red%2Dshirt'],
  ['a fragment', '/api/products#x'],
  ['a fragment behind the query', '/api/products?a=1#x'],
  ['matrix parameters', '/api/products;a=1'],
  ['an empty segment', '/api/products/'],
  ['two slashes', '/api//products'],
  ['no such route', '/api/things'],
  ['absolute', 'http://x/api/products'],
  ['long', `/api/products?a=${'x'.repeat(1_000)}`],
])('leaves %s to the router', (_what, url) => {
  expect(routes.match(url)).toBeUndefined();
});

it.each(['/api/:thing/red-shirt', '/api/products/:id', '/api/products/:a-:b', '/api/products/:n(\\d+)'])(
  'leaves to the router what %s might match as well',
  (other) => {
    routes.add(other);
    expect(routes.match('/api/products/red-shirt')).toBeUndefined();
    expect(routes.match('/api/products')).toMatchObject({ route: '/api/products' });
  },
);

it('lets no wildcard come before a parameter', () => {
  routes.add('/api/*');
  routes.add('*');
  expect(routes.match('/api/products/red-shirt')).toMatchObject({ route: '/api/products/:slug' });
});

it('knows the limits of routes that have one', () => {
  app.get('/api/narrow', { config: { rateLimit: { exempt: true } } }, () => ({}));
  expect(routes.match('/api/narrow')?.limit).toEqual({ exempt: true });
});
