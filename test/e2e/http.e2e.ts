import { problemCodes } from '@prior/http';
import { startApp, type TestApp } from '../support/app';
import { rawExchange } from '../support/raw-exchange';
import { ProbeModule } from '../support/probe-routes';

jest.setTimeout(120_000);

let api: TestApp;
let base: string;

/** What the application logged, one text an entry. */
const logged: string[] = [];
const note = (...parts: unknown[]): void => void logged.push(parts.join(' '));
const logger = { log: note, warn: note, error: note, fatal: note };

beforeAll(async () => {
  const env = { CORS_ORIGINS: 'https://shop.example.com' };
  api = await startApp({ modules: [ProbeModule], env, logger });
  base = await api.listen();
});
afterAll(() => api.close());

const json = { 'content-type': 'application/json' };
type Request = Parameters<TestApp['inject']>[0];
const send = (request: Request) => api.inject(request);
const post = (payload: string | object | Buffer, headers: Record<string, string> = json) =>
  send({ method: 'POST', url: '/api/probe/things', payload, headers });

/** Sends bytes as they are. @returns everything that came back */
const raw = (bytes: string) => rawExchange(base, bytes);

describe('every error is a problem with a stable code', () => {
  it.each<[string, number, string, Request]>([
    ['an unknown address', 404, 'not_found', { url: '/api/nothing' }],
    ['an address outside /api', 404, 'not_found', { url: '/wp-admin.php' }],
    ['an address with a slash at its end', 404, 'not_found', { url: '/api/probe/list/' }],
    ['another case', 404, 'not_found', { url: '/API/probe/list' }],
    ['a double slash', 404, 'not_found', { url: '/api//probe/list' }],
    ['an empty parameter', 404, 'not_found', { url: '/api/probe/named/' }],
    ['a wrong method', 405, 'method_not_allowed', { method: 'PUT', url: '/api/probe/list' }],
    [
      'a wrong method on a parameter',
      405,
      'method_not_allowed',
      { method: 'POST', url: '/api/probe/named/x' },
    ],
    ['a URL that does not decode', 400, 'bad_url', { url: '/api/probe/named/%ff' }],
    ['a surrogate in a URL', 400, 'bad_url', { url: '/api/probe/named/%ED%A0%80' }],
    ['a huge parameter', 414, 'uri_too_long', { url: `/api/probe/named/${'a'.repeat(3_000)}` }],
    [
      'a client that wants no JSON',
      406,
      'not_acceptable',
      { url: '/api/probe/list', headers: { accept: 'text/html' } },
    ],
    ['a bad parameter', 400, 'validation_failed', { url: '/api/probe/list?limit=0' }],
    ['a parameter given twice', 400, 'validation_failed', { url: '/api/probe/list?limit=1&limit=2' }],
    ['an absurd number', 400, 'validation_failed', { url: `/api/probe/list?limit=${'9'.repeat(400)}` }],
    ['a duplicate that nobody expected', 409, 'conflict', { url: '/api/probe/failure/duplicate' }],
    ['a server that refuses', 503, 'database_unavailable', { url: '/api/probe/failure/refused' }],
    ['a mistake of ours', 500, 'internal', { url: '/api/probe/failure/bug' }],
    ['an answer that does not fit', 500, 'internal', { url: '/api/probe/wrong-answer' }],
  ])('%s: %i %s', async (_, status, code, request) => {
    const answer = await send(request);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({
      status,
      code,
      type: `/problems/${code}`,
      requestId: answer.headers['x-request-id'] ?? expect.any(String),
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['cache-control']).toContain('no-store');
    expect(answer.body).not.toMatch(/secret|10\.0\.0\.1|SELECT|node_modules|\.ts/);
    if (status === 503) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('what really happened is in the log, with the cause', async () => {
    logged.length = 0;
    await send('/api/probe/failure/bug?token=hunter2');
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(
      /GET \/api\/probe\/failure\/bug answered 500 internal[^]*SELECT secret[^]*probe-routes/,
    );
    expect(logged[0]).not.toContain('hunter2');
    await send('/api/probe/failure/duplicate');
    expect(logged).toHaveLength(1);
  });

  it('a 405 names the methods', async () => {
    expect((await send({ method: 'PATCH', url: '/api/probe/things/x' })).headers['allow']).toBe('DELETE');
    expect((await send({ method: 'DELETE', url: '/api/probe/list' })).headers['allow']).toBe('GET, HEAD');
  });

  it('each code is explained at its type', async () => {
    expect((await send('/problems')).json()).toHaveLength(problemCodes.length);
    expect((await send('/problems/conflict')).json()).toMatchObject({ status: 409, code: 'conflict' });
    expect((await send('/problems/nonsense')).statusCode).toBe(404);
  });
});

describe('bodies', () => {
  it('are validated field by field', async () => {
    const answer = await post({ name: '', tags: ['a', 1], nmae: 'x' });
    expect(answer.statusCode).toBe(400);
    const fields = answer.json<{ errors: { field: string }[] }>().errors.map(({ field }) => field);
    expect(fields.sort()).toEqual(['name', 'nmae', 'tags.1']);
  });

  const typed = (charset: string) => ({ 'content-type': `application/json${charset}` });

  it.each<[string, number, string, string | Buffer, Record<string, string>]>([
    ['broken JSON', 400, 'malformed_json', '{"name":', json],
    ['JSON of another type', 400, 'validation_failed', '[]', json],
    ['null', 400, 'validation_failed', 'null', json],
    ['no body', 400, 'validation_failed', '', json],
    ['__proto__', 400, 'malformed_json', '{"name":"x","__proto__":{"admin":true}}', json],
    ['constructor.prototype', 400, 'malformed_json', '{"name":"x","constructor":{"prototype":{}}}', json],
    ['a lone surrogate', 400, 'validation_failed', '{"name":"\\ud800"}', json],
    ['a pair of surrogates', 201, '', '{"name":"\\ud83d\\ude00"}', json],
    ['Latin-1', 400, 'malformed_json', Buffer.from('{"name":"Caf\xe9"}', 'latin1'), json],
    ['a surrogate in UTF-8', 400, 'malformed_json', Buffer.from('{"name":"\xed\xa0\x80"}', 'latin1'), json],
    ['half a letter at the end', 400, 'malformed_json', Buffer.from('{"name":"x"}\xe0', 'latin1'), json],
    ['Latin-1 that says so', 415, 'unsupported_media_type', '{"name":"x"}', typed('; charset=iso-8859-1')],
    ['UTF-16 that says so', 415, 'unsupported_media_type', '{"name":"x"}', typed(';v=1;Charset="UTF-16"')],
    ['UTF-8 that says so', 201, '', '{"name":"é"}', typed('; charset=utf-8')],
    ['UTF-8 in capitals and quotes', 201, '', '{"name":"é"}', typed(';CHARSET="UTF-8" ; v=1')],
    ['a byte order mark', 201, '', '\ufeff{"name":"x"}', json],
    ['no body of a foreign charset', 400, 'validation_failed', '', typed('; charset=iso-8859-1')],
    ['text', 415, 'unsupported_media_type', 'name=x', { 'content-type': 'text/plain' }],
    [
      'a form',
      415,
      'unsupported_media_type',
      'name=x',
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    ['a compressed body', 415, 'unsupported_media_type', '{}', { ...json, 'content-encoding': 'gzip' }],
    ['thousands of levels', 400, 'validation_failed', '['.repeat(50_000) + ']'.repeat(50_000), json],
    ['a nonsense type', 415, 'unsupported_media_type', '{}', { 'content-type': '///' }],
    ['too much', 413, 'payload_too_large', `{"name":"${'x'.repeat(300_000)}"}`, json],
  ])('%s: %i %s', async (_, status, code, payload, headers) => {
    const answer = await post(payload, headers);
    expect(answer.statusCode).toBe(status);
    if (code !== '') expect(answer.json()).toMatchObject({ code });
  });

  it('keep every letter, and name the field that holds half of one', async () => {
    expect((await post('{"name":"শাড়ি é 😀"}')).json<{ name: string }>().name).toMatch(/^শাড়ি é 😀 in /);
    const answer = await post('{"name":"x","tags":["a","\\udc00"]}');
    expect(answer.json()).toMatchObject({ errors: [{ field: 'tags.1' }] });
  });

  it('keep their request’s context', async () => {
    const id = 'client-chosen-1';
    expect((await post({ name: 'x' }, { ...json, 'x-request-id': id })).json()).toEqual({
      name: `x in ${id}`,
    });
    // Over a socket the body arrives in an event of its own.
    const answer = await fetch(`${base}/api/probe/things`, {
      method: 'POST',
      body: '{"name":"x"}',
      headers: { ...json, 'x-request-id': id },
    });
    expect(await answer.json()).toEqual({ name: `x in ${id}` });
  });
});

describe('answers', () => {
  it('are JSON with an id, and kept by nobody', async () => {
    const answer = await send({
      url: '/api/probe/list?utm_source=x&limit=5',
      headers: { 'x-request-id': 'edge-12345678' },
    });
    expect(answer.json()).toEqual({ limit: 5 });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'private, no-store',
      'x-request-id': 'edge-12345678',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  });

  it('to HEAD are those to GET without the body', async () => {
    const get = await send('/api/probe/named/x');
    const head = await send({ method: 'HEAD', url: '/api/probe/named/x' });
    expect(head.statusCode).toBe(200);
    expect(head.body).toBe('');
    expect(head.headers['content-length']).toBe(String(Buffer.byteLength(get.body)));
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
  });

  it('give requests side by side their own context', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `request-${i}`);
    const found = await Promise.all(
      ids.map((id) => send({ url: '/api/probe/context', headers: { 'x-request-id': id } })),
    );
    expect(found.map((answer) => answer.json<{ id: string }>().id)).toEqual(ids);
  });
});

describe('on the wire', () => {
  const headOf = (answer: string) => answer.split('\r\n', 1)[0];

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['an unknown method', 'FOO / HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      'HTTP/1.1 431 Request Header Fields Too Large',
    ],
    [
      'two lengths',
      'POST /api/probe/things HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
      'HTTP/1.1 400 Bad Request',
    ],
    [
      'a length and chunks',
      'POST /api/probe/things HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.1 400 Bad Request',
    ],
    ['no host', 'GET /api/probe/list HTTP/1.1\r\nConnection: close\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    [
      'OPTIONS *',
      'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      expect.stringMatching(/^HTTP\/1\.1 [24]\d\d/),
    ],
    ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', expect.anything()],
  ])('%s', async (_, bytes, status) => {
    const answer = await raw(bytes);
    if (answer !== '') expect(headOf(answer)).toEqual(status);
    // Whatever it was, the server is still there.
    expect((await fetch(`${base}/health/live`)).status).toBe(200);
  });

  it('serves an absolute address like its path', async () => {
    const answer = await raw('GET http://x/api/probe/list HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(headOf(answer)).toBe('HTTP/1.1 200 OK');
  });
});

describe('CORS', () => {
  const origin = 'https://shop.example.com';

  it('lets the listed origins in, errors included', async () => {
    for (const url of ['/api/probe/list', '/api/nothing']) {
      const { headers } = await send({ url, headers: { origin } });
      expect(headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        vary: expect.stringContaining('Origin'),
      });
    }
  });

  it('answers a preflight', async () => {
    const answer = await send({
      method: 'OPTIONS',
      url: '/api/probe/things',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['access-control-allow-methods']).toContain('POST');
  });

  it.each(['https://evil.example', 'null', 'https://shop.example.com.evil.example'])(
    'does not let %s in',
    async (other) => {
      expect(
        (await send({ url: '/api/probe/list', headers: { origin: other } })).headers[
          'access-control-allow-origin'
        ],
      ).toBeUndefined();
    },
  );
});
