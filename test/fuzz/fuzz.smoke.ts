import { checkTable } from '../support/check';
import { type CheckStack, openStack } from '../support/fleet/fleet';
import { Answer } from '../support/fleet/http-client';
import { type Document, routeFor, routesOf } from './document';
import { Judge } from './judge';
import { fuzz } from './run';

jest.setTimeout(300_000);

describe('against the application', () => {
  let stack: CheckStack;
  beforeAll(async () => {
    stack = await openStack();
  });
  afterAll(() => stack.close());

  it('every answer is one that the document describes', async () => {
    const rows = await fuzz(stack, { requests: 1_500, seed: 11, mutants: [] });
    // Whether a busy machine refuses many is not what this is about.
    const failed = rows.filter(({ ok, what }) => !ok && what !== 'answered 503');
    expect(failed.length === 0 ? '' : checkTable(rows)).toBe('');
  });

  it.each([
    ['stack', /shows what is behind/],
    ['shape', /does not fit its schema: \/name/],
    ['crash', /a 500 internal/],
  ])('notices a mistake: %s', async (mutant, why) => {
    const rows = await fuzz(stack, { requests: 500, seed: 11, mutants: [mutant] });
    expect(rows.filter(({ ok }) => !ok).map(({ what }) => what)).toContainEqual(expect.stringMatching(why));
  });
});

describe('what it is judged by', () => {
  const document: Document = {
    openapi: '3.1.0',
    paths: {
      '/things/{id}': {
        get: {
          operationId: 'one',
          responses: {
            200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          },
        },
        delete: { operationId: 'none', responses: { 204: {} } },
      },
      '/things/all': { get: { operationId: 'all', responses: {} } },
    },
    components: {
      schemas: {
        Thing: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        Problem: { type: 'object', required: ['code'] },
      },
    },
  };
  const judge = new Judge(document, ['the secret']);
  const wrong = (
    status: number,
    body: string,
    { method = 'GET', target = '/things/1', type = 'application/json' } = {},
  ) =>
    judge.wrong(
      { method, target, headers: {} },
      new Answer(status, `HTTP/1.1 ${status} X\r\ncontent-type: ${type}`, Buffer.from(body)),
    );
  const problem = { type: 'application/problem+json' };

  it('finds the most literal operation', () => {
    const found = (method: string, target: string) =>
      routeFor(routesOf(document), method, target)?.operation.operationId;
    expect(found('GET', '/things/all?x')).toBe('all');
    expect(found('HEAD', '/things/a%2Fb')).toBe('one');
    expect(found('GET', 'http://host/things/1')).toBe('one');
    expect([found('GET', '/things/'), found('GET', '/things/1/2'), found('PUT', '/things/1')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('bears what the document describes', () => {
    expect(wrong(200, '{"name":"a"}')).toBeUndefined();
    expect(wrong(204, '', { method: 'DELETE' })).toBeUndefined();
    expect(wrong(404, '{"code":"not_found"}', { ...problem, target: '/else' })).toBeUndefined();
    expect(wrong(503, '{"code":"overloaded"}', problem)).toBeUndefined();
  });

  it.each<[string, number, string, Parameters<typeof wrong>[2]]>([
    ['another shape', 200, '{"name":1}', {}],
    ['no JSON', 200, '{"name"', {}],
    ['another type', 200, '{"name":"a"}', { type: 'text/html' }],
    ['a body where there is none', 204, 'x', { method: 'DELETE' }],
    ['a mistake', 500, '{"code":"internal"}', problem],
    ['a 503 that nobody meant', 503, '{"code":"internal"}', problem],
    ['success where there is nothing', 200, '{}', { target: '/else' }],
    ['an error that says nothing', 404, '{}', { ...problem, target: '/else' }],
    [
      'a stack',
      404,
      '{"code":"a\\n    at f (/x/y.js:1:2)"}'.replace('\\n', '\n'),
      { ...problem, target: '/else' },
    ],
    ['SQL', 404, '{"code":"SELECT id"}', { ...problem, target: '/else' }],
    ['a secret', 200, '{"name":"the secret"}', {}],
  ])('does not bear %s', (_, status, body, options) =>
    expect(wrong(status, body, options)).toEqual(expect.any(String)),
  );
});
