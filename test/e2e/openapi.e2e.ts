import { startApp, type TestApp } from '../support/app';
import { renderOpenApi } from '../../apps/api/src/openapi';

jest.setTimeout(120_000);

type Operation = {
  operationId: string;
  security: unknown[];
  responses: Record<string, unknown>;
  summary?: string;
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};

let api: TestApp;
let document: Document;

beforeAll(async () => {
  api = await startApp();
  document = (await api.inject('/openapi.json')).json<Document>();
});
afterAll(() => api.close());

const operations = () => Object.values(document.paths).flatMap((item) => Object.values(item));

it('is OpenAPI 3.1', () => expect(document.openapi).toMatch(/^3\.1\./));

it('is the same without any server', async () => {
  expect(JSON.parse(await renderOpenApi())).toEqual(document);
});

it('says for every operation who may use it, what it is for, and how it fails', () => {
  const ids = operations().map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operationId, security, responses, summary } of operations()) {
    expect([operationId, Array.isArray(security), typeof summary]).toEqual([operationId, true, 'string']);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['503']));
  }
});

it('refers only to what it holds', () => {
  const text = JSON.stringify(document);
  const names = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => String(ref));
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    expect(name).toMatch(/^#\/components\/schemas\//);
    expect(document.components.schemas).toHaveProperty([name.slice('#/components/schemas/'.length)]);
  }
});

it('can be browsed without another host', async () => {
  const page = await api.inject('/docs');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  const parts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => String(url));
  expect(parts).toHaveLength(3);
  for (const url of parts) {
    expect(url).toMatch(/^\/docs\//);
    expect((await api.inject(url)).statusCode).toBe(200);
  }
  expect(page.headers['content-security-policy']).toContain("script-src 'self'");
});

it('is answered 304 to whoever has it', async () => {
  const first = await api.inject('/openapi.json');
  const again = await api.inject({
    url: '/openapi.json',
    headers: { 'if-none-match': String(first.headers['etag']) },
  });
  expect([again.statusCode, again.body]).toEqual([304, '']);
});
