import fc from 'fast-check';
import { type Document, type Operation, type Parameter, type Route, routesOf, type Schema } from './document';

/** One request as it goes out on the wire. */
export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** Header values that are there for good requests. */
export interface Known {
  readonly tokens: readonly string[];
  readonly slugs: readonly string[];
}

const NASTY = [
  '', ' ', '0', '-1', '1e309', '-0', 'NaN', 'null', 'undefined', 'true', '[object Object]', '__proto__', 'constructor',
  '../../etc/passwd', '..%2f..%2fetc%2fpasswd', '%00', '%', '%zz', '%E0%A4%A', "' OR '1'='1", '"; DROP', '`', '\\', '*/*',
  '9'.repeat(40), '2147483648', '9007199254740993', '0x10', '1.234567890123', '१२', '\u0000', '\ud800', '\u202e', '👩‍👩‍👧‍👦', 'İ',
  '+(a*', '"', '~~@<>', 'a'.repeat(192), 'x'.repeat(3_000), '${7*7}', '{{7*7}}', '<script>', 'true,false', '1,2,3,,', ',',
]; // prettier-ignore

const anyText = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const anyValue = fc.oneof(
  anyText,
  fc.double(),
  fc.maxSafeInteger(),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, true, [], {}, [[]], 1e21),
);

/** Values that a schema allows, as far as its types and bounds say so. */
function valid(
  schema: Schema | undefined,
  document: Document,
  known: Known,
  depth = 0,
): fc.Arbitrary<unknown> {
  if (!schema || depth > 4) return fc.constant(null);
  if (typeof schema.$ref === 'string') {
    return valid(document.components.schemas[schema.$ref.split('/').at(-1)!], document, known, depth + 1);
  }
  const some = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (some) return fc.oneof(...some.map((one) => valid(one, document, known, depth + 1)));
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  const types = [schema.type].flat() as (string | undefined)[];
  return fc.oneof(...types.map((type) => ofType(type, schema, document, known, depth)));
}

function ofType(
  type: string | undefined,
  schema: Schema,
  document: Document,
  known: Known,
  depth: number,
): fc.Arbitrary<unknown> {
  const bound = (name: string, otherwise: number) =>
    typeof schema[name] === 'number' ? schema[name] : otherwise;
  switch (type) {
    case 'integer': {
      const min = bound('minimum', 1);
      return fc.integer({ min, max: Math.max(min, Math.min(bound('maximum', 2_000), 100_000)) });
    }
    case 'number':
      return fc.integer({ min: 0, max: 10_000_000 }).map((cents) => cents / 100);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valid(schema.items as Schema, document, known, depth + 1), {
        minLength: Math.min(bound('minItems', 0), 5),
        maxLength: Math.max(3, Math.min(bound('minItems', 0), 5)),
      });
    case 'object': {
      const required = (schema.required ?? []) as string[];
      const shape = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
      return fc.record(
        Object.fromEntries(shape.map(([name, one]) => [name, valid(one, document, known, depth + 1)])),
        { requiredKeys: required.filter((name) => shape.some(([one]) => one === name)) },
      );
    }
    default:
      return fc.oneof(
        fc.constantFrom(...known.slugs),
        fc.string({
          unit: 'grapheme',
          minLength: Math.min(bound('minLength', 1), 50),
          maxLength: Math.min(bound('maxLength', 30), 50),
        }),
      );
  }
}

const WEIRD_PATHS = [
  '/', '//', '/api', '/api/', '/api//products', '//api/products', '/api/products/', '/API/products', '/api/products/..', '/./api/products',
  '/api/products/..%2f..%2f..%2fetc%2fpasswd', '/api/../../../etc/passwd', '/api/products%2Fproduct-1', '/api/products;a=1', '/api/products/%00', '/%',
  '/api/products/%E0%A4%A', '/api/products/product-1/reviews/../..', '/api/products/product-1.css', '/health', '/health/..%2fmetrics', '/metrics',
  '/.env', '/.git/config', '/package.json', '/docs/../package.json', '/docs/%2e%2e/package.json', '/internal', '/admin', 'http://elsewhere.example/api/products',
  'http://[', '*', '/api/products?%', '/api/products?limit[]=1&limit[a]=2', '/api/products?__proto__[limit]=1', '/api/products?limit=1&limit=2',
  '/api/products?a&b&&=&=1', '/api/products?' + 'a=1&'.repeat(2_000), '/' + 'a'.repeat(5_000), '/openapi.json', '/docs', '/api/categories/%F0%9F%98%80', '/api/products/\u00e9',
]; // prettier-ignore
const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PURGE',
  'PROPFIND',
  'get',
];

/** Half a surrogate pair cannot be written in UTF-8: a replacement character stands for it. */
const encode = (text: string): string => encodeURIComponent(Buffer.from(text).toString());
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** A good value mostly, any other sometimes; written raw now and then, where that cannot end the request line. */
function parameter({ schema }: Parameter, document: Document, known: Known): fc.Arbitrary<string> {
  const value = fc.oneof(
    { weight: 3, arbitrary: valid(schema, document, known) },
    { weight: 1, arbitrary: anyValue },
  );
  return fc.tuple(value, fc.integer({ min: 0, max: 9 })).map(([one, dice]) => {
    const text = textOf(one).slice(0, 4_000);
    return dice === 0 && /^[\x21-\x7e]*$/.test(text) && !/[?#/]/.test(text) ? text : encode(text);
  });
}

function pathOf({ path, operation }: Route, document: Document, known: Known): fc.Arbitrary<string> {
  const parts = path.split('/').map((part) => {
    if (!part.startsWith('{')) return fc.constant(part);
    const name = part.slice(1, -1);
    const found = operation.parameters?.find((one) => one.in === 'path' && one.name === name);
    const any = parameter(found ?? { name, in: 'path' }, document, known);
    return name === 'slug'
      ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known.slugs) }, { weight: 2, arbitrary: any })
      : any;
  });
  return fc.tuple(...parts).map((all) => all.join('/'));
}

function queryOf({ parameters = [] }: Operation, document: Document, known: Known): fc.Arbitrary<string> {
  const known_ = parameters.filter((one) => one.in === 'query');
  const pair = fc.oneof(
    {
      weight: 8,
      arbitrary:
        known_.length > 0
          ? fc
              .constantFrom(...known_)
              .chain((one) => parameter(one, document, known).map((value) => `${one.name}=${value}`))
          : fc.constant('x=1'),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(anyText, anyText).map(([name, value]) => `${encode(name)}=${encode(value)}`),
    },
  );
  return fc.array(pair, { maxLength: 3 }).map((pairs) => (pairs.length > 0 ? `?${pairs.join('&')}` : ''));
}

const mangle = (text: string, at: number, how: number): string => {
  const place = at % (text.length + 1);
  return [
    text.slice(0, place),
    `${text.slice(0, place)}}${text.slice(place)}`,
    `${text},`,
    text.replace('{', '{"__proto__":{"a":1},'),
    text.replace('{', '{"constructor":{"prototype":{}},'),
    '['.repeat(5_000),
  ][how % 6]!;
};

function bodyOf(
  { requestBody }: Operation,
  document: Document,
  known: Known,
): fc.Arbitrary<string | undefined> {
  const schema = requestBody?.content['application/json']?.schema;
  const good = valid(schema, document, known);
  const spoiled = fc
    .tuple(good, anyText, anyValue)
    .map(([one, name, value]) =>
      one !== null && typeof one === 'object' && !Array.isArray(one)
        ? { ...one, [Object.keys(one)[name.length % 3] ?? name]: value }
        : value,
    );
  return fc.oneof(
    { weight: 4, arbitrary: good.map((one) => JSON.stringify(one)) },
    { weight: 3, arbitrary: spoiled.map((one) => JSON.stringify(one)) },
    { weight: 1, arbitrary: anyValue.map((one) => JSON.stringify(one)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(good, fc.nat(), fc.nat())
        .map(([one, at, how]) => mangle(JSON.stringify(one), at, how)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(undefined, '', 'null', '0', '"', '{"a":1e999}', '{"name":"\\ud800"}'),
    },
  );
}

const headerText = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019 -_.,;=/"\'*+%~:()'), maxLength: 60 })
  .map((text) => text.trim());

function headersOf(known: Known): fc.Arbitrary<Record<string, string>> {
  const token = fc.oneof(
    fc.constantFrom(...known.tokens),
    fc.constantFrom('nonsense', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'),
  );
  return fc.record(
    {
      authorization: fc.oneof(
        { weight: 4, arbitrary: token.map((one) => `Bearer ${one}`) },
        { weight: 1, arbitrary: headerText },
      ),
      cookie: fc.oneof(
        token.map((one) => `auth_token=${one}`),
        headerText,
      ),
      accept: fc.constantFrom(
        '*/*',
        'application/json',
        'text/html',
        'application/json;q=0',
        ',;,',
        'application/problem+json',
      ),
      'accept-encoding': fc.constantFrom('gzip', 'br', 'identity;q=0', '*', 'gzip;q=x'),
      'if-match': fc.oneof(fc.constantFrom('*', '"x"', 'W/"1"', '"1", "2"', '"'), headerText),
      'if-none-match': fc.oneof(fc.constantFrom('*', '"x"', '"'), headerText),
      'idempotency-key': fc.oneof(fc.uuid(), fc.uuid(), headerText),
      'x-consistency-token': fc.oneof(headerText, fc.constantFrom('v1.', '.'.repeat(100))),
      'x-request-id': headerText,
      'x-forwarded-for': fc.constantFrom('1.2.3.4', '::1', 'unknown', 'a'.repeat(500), '999.1.1.1,,'),
      origin: fc.constantFrom('https://evil.example', 'null', 'http://'),
      expect: fc.constantFrom('200-ok'),
      'content-encoding': fc.constantFrom('gzip', 'identity', 'rot13'),
      'cache-control': fc.constantFrom('no-cache', 'max-age=0', 'only-if-cached', ',,='),
      range: fc.constantFrom('bytes=0-1', 'x'),
      'x-odd': fc.constantFrom('\u00ff', 'a'.repeat(20_000), ''),
    },
    { requiredKeys: [] },
  );
}

/** Few headers at a time: each can be the reason why a request is refused. */
const few = (all: fc.Arbitrary<Record<string, string>>) =>
  fc.tuple(all, fc.integer({ min: 0, max: 3 }), fc.nat({ max: 15 })).map(([headers, count, skip]) => {
    const entries = Object.entries(headers);
    return Object.fromEntries([...entries.slice(skip), ...entries.slice(0, skip)].slice(0, count));
  });

const TYPES = [
  'application/json',
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/merge-patch+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  ';;',
];

/** Requests after the document, good ones and bad ones, and some that no document would think of. */
export function requests(document: Document, known: Known): fc.Arbitrary<Asked> {
  const auth = fc
    .constantFrom(...known.tokens)
    .map((one): Record<string, string> => ({ authorization: `Bearer ${one}` }));
  const routes = routesOf(document).map((route): { weight: number; arbitrary: fc.Arbitrary<Asked> } => {
    const method = fc.oneof(
      { weight: 12, arbitrary: fc.constant(route.method) },
      { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
    );
    const target = fc
      .tuple(pathOf(route, document, known), queryOf(route.operation, document, known))
      .map((parts) => parts.join(''));
    const sent = route.operation.requestBody
      ? fc.tuple(bodyOf(route.operation, document, known), fc.constantFrom(...TYPES))
      : fc.constant([undefined, ''] as const);
    const headers = fc
      .tuple(route.method === 'GET' ? fc.constant({}) : auth, few(headersOf(known)))
      .map(([a, b]) => ({ ...a, ...b }));
    return {
      weight: route.method === 'GET' ? 4 : 2,
      arbitrary: fc.tuple(method, target, headers, sent).map(([asked, where, some, [text, type]]) => ({
        method: asked,
        target: where,
        headers: text === undefined ? some : { ...some, 'content-type': type },
        ...(text !== undefined && { text }),
      })),
    };
  });
  const odd = fc.tuple(fc.constantFrom(...METHODS), fc.constantFrom(...WEIRD_PATHS), few(headersOf(known)));
  return fc.oneof(...routes, {
    weight: 3,
    arbitrary: odd.map(([method, target, headers]) => ({ method, target, headers })),
  });
}
