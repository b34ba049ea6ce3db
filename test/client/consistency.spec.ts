import createClient from 'openapi-fetch';
import { consistency } from '../../clients/typescript/src/consistency';
import type { paths } from '../../clients/typescript/src';

const HEADER = 'x-consistency-token';

/** A client whose server gives each write the next token, when it is told to answer. */
function world() {
  let now = 0;
  let writes = 0;
  const seen: { token: string | null; cache: string }[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    seen.push({ token: request.headers.get(HEADER), cache: request.cache });
    if (request.method === 'GET') return Response.json({});
    writes += 1;
    const headers = { [HEADER]: `t${writes}` };
    return Response.json({}, { headers });
  };
  const client = createClient<paths>({ baseUrl: 'http://shop.test', fetch });
  client.use(consistency(() => now));
  const call = async (method: 'get' | 'post') => {
    if (method === 'get') await client.GET('/api/categories');
    else await client.POST('/api/products/stock', { body: { changes: [] } });
    return seen.at(-1);
  };
  return { call, seen, pass: (ms: number) => (now += ms) };
}

it('sends no token before the first write', async () => {
  expect(await world().call('get')).toEqual({ token: null, cache: 'default' });
});

it('sends the token of the last write, past the browser’s cache, until it expires', async () => {
  const { call, pass } = world();
  await call('post');
  expect(await call('get')).toEqual({ token: 't1', cache: 'no-store' });
  pass(9_999);
  expect((await call('get'))?.token).toBe('t1');
  pass(1);
  expect((await call('get'))?.token).toBeNull();
});

it('a token that went with a write is part of the next one', async () => {
  const { call } = world();
  await call('post');
  await call('post');
  expect((await call('get'))?.token).toBe('t2');
});

it('writes that overlap leave a token each, and four at most', async () => {
  const { call, seen } = world();
  await Promise.all([call('post'), call('post'), call('post')]);
  await call('get');
  expect(seen.at(-1)?.token).toBe('t1,t2,t3');
  await Promise.all([call('post'), call('post'), call('post'), call('post'), call('post')]);
  await call('get');
  expect(seen.at(-1)?.token?.split(',')).toHaveLength(4);
});
