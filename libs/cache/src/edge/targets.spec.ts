import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Cloudflare } from './cloudflare';
import { PurgeFailed } from './edge-target';
import { Varnish } from './varnish';

interface Seen {
  readonly method?: string;
  readonly url?: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const ZONE = '023e105f4ecef8ad9ca31a8372d0c353';
const TOKEN = 'token-of-the-test';

describe('targets of purges', () => {
  const seen: Seen[] = [];
  let answer: (request: Seen, response: ServerResponse) => void;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method, url, headers } = request;
        seen.push({ method, url, headers, body });
        answer(seen.at(-1)!, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => void (seen.length = 0));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const send = (
    response: ServerResponse,
    status: number,
    body: unknown,
    headers: Record<string, string> = {},
  ) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));
  const failure = (work: Promise<void>) =>
    work.then(
      () => undefined,
      (error: unknown) => error as PurgeFailed,
    );

  describe('Cloudflare', () => {
    const target = (zone = ZONE, token = TOKEN) =>
      new Cloudflare({ api: `${origin}/client/v4`, zone, token });

    /** What Cloudflare's API reference says of this call: its path, bearer token, body, and the envelope of answers. */
    const contract = ({ method, url, headers, body }: Seen, response: ServerResponse) => {
      const refuse = (status: number, code: number, message: string) =>
        send(response, status, { success: false, errors: [{ code, message }], messages: [], result: null });
      const path = /^\/client\/v4\/zones\/([0-9a-f]{32})\/purge_cache$/.exec(url ?? '');
      if (method !== 'POST' || !path) return refuse(404, 7003, 'Could not route to the path');
      if (headers.authorization !== `Bearer ${TOKEN}`) return refuse(401, 10000, 'Authentication error');
      const { tags, ...rest } = JSON.parse(body) as { tags?: unknown };
      const named =
        Array.isArray(tags) &&
        tags.every((tag) => typeof tag === 'string' && /^[\x21-\x7e]{1,1024}$/.test(tag));
      if (!named || Object.keys(rest).length > 0 || tags.length > 100)
        return refuse(400, 1012, 'Request must contain tags');
      return send(response, 200, { success: true, errors: [], messages: [], result: { id: path[1] } });
    };

    it('purges by tag', async () => {
      answer = contract;
      await target().purge(['products', 'product:%E0%A6%B6']);
      expect(JSON.parse(seen[0]!.body)).toEqual({ tags: ['products', 'product:%E0%A6%B6'] });
    });

    it('says what to do about a wrong token, and never says the token', async () => {
      answer = contract;
      const error = await failure(target(ZONE, 'another').purge(['a']));
      expect(error).toBeInstanceOf(PurgeFailed);
      expect(error!.message).toMatch(/401: Authentication error \(10000\)\. .*EDGE_CLOUDFLARE_TOKEN/);
      expect(error!.message).not.toContain('another');
    });

    it.each([
      [{ 'retry-after': '7' }, 7_000],
      [{ 'retry-after': '86400' }, 300_000],
      [{}, 12_000],
    ])('waits after a 429 with %p', async (headers, expected) => {
      answer = (_, response) =>
        send(response, 429, { success: false, errors: [] }, headers as Record<string, string>);
      expect((await failure(target().purge(['a'])))!.retryAfterMs).toBe(expected);
    });

    it('does not take 200 for success', async () => {
      answer = (_, response) => send(response, 200, { success: false, errors: [{ code: 1, message: 'no' }] });
      expect((await failure(target().purge(['a'])))!.message).toContain('no (1)');
      answer = (_, response) => void response.end('<html>');
      expect(await failure(target().purge(['a']))).toBeInstanceOf(PurgeFailed);
    });
  });

  describe('Varnish', () => {
    it('bans by tag, with its secret', async () => {
      answer = (_, response) => send(response, 200, {}, { 'x-purged': 'yes' });
      await new Varnish(`${origin}/`, 'secret').purge(['products', 'category:7']);
      expect(seen[0]).toMatchObject({
        method: 'PURGE',
        headers: { 'x-purge-secret': 'secret', 'x-purge-tags': 'products,category:7' },
      });
    });

    it('believes only its own VCL', async () => {
      answer = (_, response) => send(response, 200, {});
      expect((await failure(new Varnish(origin, 's').purge(['a'])))!.message).toContain('default.vcl');
      answer = (_, response) => send(response, 403, {});
      expect((await failure(new Varnish(origin, 's').purge(['a'])))!.message).toContain(
        'EDGE_VARNISH_SECRET',
      );
    });

    it('names the reason when nobody is there', async () => {
      const error = await failure(new Varnish('http://127.0.0.1:1', 's').purge(['a']));
      expect(error!.message).toMatch(/^Varnish at 127\.0\.0\.1:1 cannot be reached: /);
    });
  });
});
