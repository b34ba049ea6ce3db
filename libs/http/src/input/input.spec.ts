import type { ArgumentMetadata } from '@nestjs/common';
import { z } from 'zod';
import { brokenText } from './broken-text';
import { moneyInput } from './money-input';
import { body, query, queryBool, queryInt, queryList } from './query';
import { fieldErrors, ValidationPipe } from './validation.pipe';

const errorsOf = (schema: z.ZodType, value: unknown) =>
  (schema.safeParse(value).error?.issues ?? []).flatMap((issue) => fieldErrors(issue, 'body'));

describe('moneyInput', () => {
  it.each([
    [0, '0.00'],
    [-0, '0.00'],
    [1234.5, '1234.50'],
    [0.07, '0.07'],
    [9999999999.99, '9999999999.99'],
    ['19.9', '19.90'],
    ['0019.90', '19.90'],
    ['9999999999.99', '9999999999.99'],
  ])('%p is %s', (sent, kept) => expect(moneyInput().parse(sent)).toBe(kept));

  it.each([
    -1,
    '-0.01',
    10000000000,
    1e21,
    NaN,
    0.1 + 0.2,
    1.005,
    '1.005',
    '1e3',
    '',
    ' 1',
    '1.',
    '.5',
    '१२',
    '0x10',
    null,
    true,
    [],
    {},
  ])('%p is refused', (sent) => expect(moneyInput().safeParse(sent).success).toBe(false));
});

it('never hands what is no amount to a rule behind it', () => {
  const seen: unknown[] = [];
  const schema = query({ price: moneyInput().optional() }).superRefine(({ price }) => void seen.push(price));
  for (const price of ['9'.repeat(400), 'x'.repeat(14), 'abc'])
    expect(schema.safeParse({ price }).success).toBe(false);
  expect(seen).toEqual([]);
});

describe('query', () => {
  const schema = query(
    {
      limit: queryInt({ min: 1, max: 100 }).default(20),
      inStock: queryBool().default(true),
      minPrice: moneyInput().optional(),
      ids: queryList(queryInt({ min: 1, max: 99 }), { max: 3 }).optional(),
    },
    { keepEmpty: ['ids'] },
  );

  it('has defaults and ignores what it does not know', () => {
    expect(schema.parse({ utm_source: 'x', ids: '3,1,3' })).toEqual({
      limit: 20,
      inStock: true,
      ids: [3, 1],
    });
  });

  it('takes a field that was left empty for one that was not given', () => {
    expect(schema.parse({ limit: '', inStock: ' ', minPrice: '' })).toEqual(schema.parse({}));
  });

  it.each([
    undefined,
    'limit=1',
    { limit: '0' },
    { limit: ['', ''] },
    { limit: '101' },
    { limit: '1e1' },
    { limit: ' 5' },
    { limit: '99999999999999999999' },
    { limit: ['1', '2'] },
    { inStock: 'yes' },
    { ids: '' },
    { ids: '1,,2' },
    { ids: '1,2,3,4' },
  ])('refuses %j', (sent) => expect(schema.safeParse(sent).success).toBe(false));

  it('tells the document numbers and booleans, all optional', () => {
    const document = z.toJSONSchema(schema, { io: 'input' });
    expect(document.required).toBeUndefined();
    expect(document.properties).toMatchObject({
      limit: { type: 'integer' },
      inStock: { type: 'boolean' },
      ids: { type: 'array' },
    });
  });
});

describe('field errors', () => {
  const schema = body({ name: z.string().min(1), items: z.array(body({ slug: z.string() })) });

  it('names every field, unknown ones too', () => {
    const errors = errorsOf(schema, { name: '', items: [{ slug: 1, sulg: 'x' }], extra: 1 });
    expect(errors.map(({ field }) => field).sort()).toEqual([
      'extra',
      'items.0.slug',
      'items.0.sulg',
      'name',
    ]);
  });

  it('speaks of the whole body when there is none', () => {
    expect(errorsOf(schema, undefined)).toEqual([expect.objectContaining({ field: 'body' })]);
  });
});

describe('ValidationPipe', () => {
  /** @returns the names of the fields that are wrong */
  const refused = (value: unknown, metadata: ArgumentMetadata) =>
    new ValidationPipe().transform(value, metadata).then(
      () => [],
      ({ errors }: { errors: { field: string }[] }) => errors.map(({ field }) => field),
    );

  it('names a parameter as the address does', async () => {
    const schema = queryInt({ min: 1, max: 9 });
    expect(await refused('0', { type: 'param', data: 'id', schema })).toEqual(['id']);
    expect(await refused('1', { type: 'param', data: 'id', schema })).toEqual([]);
    expect(await refused(undefined, { type: 'query', schema: z.object({}) })).toEqual(['query']);
  });

  it('refuses text of a body that UTF-8 cannot hold', async () => {
    const sent = {
      name: 'a\ud800',
      pair: '\u{1f600}',
      specs: { '\udc00': 'x', Sizes: ['S', '\ude00\ud83d'] },
    };
    const errors = await refused(sent, { type: 'body', schema: z.any() });
    expect(errors.sort()).toEqual(['name', 'specs.Sizes.1', 'specs.\udc00']);
    expect(await refused('\ud800', { type: 'body', schema: z.any() })).toEqual(['body']);
    expect(await refused({ name: 'শাড়ি \u{1f600}' }, { type: 'body', schema: z.any() })).toEqual([]);
  });
});

it('looks for broken text as deep and as often as a body can have it', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(50_000)}"\\ud800"${']'.repeat(50_000)}`);
  expect(brokenText(deep, 20).map(({ path }) => path.length)).toEqual([50_000]);
  expect(brokenText(Array(50_000).fill('\ud800'), 20)).toHaveLength(20);
});
