import fc from 'fast-check';
import { z } from 'zod';
import { money, timestamp } from './schemas';
import { AnswerError, compileWriter } from './writer';

const text = <S extends z.ZodType>(schema: S, value: z.output<S>): string => compileWriter(schema)(value);

describe('compileWriter', () => {
  it('writes only the fields that the schema names, in its order', () => {
    const schema = z.object({
      id: z.int(),
      name: z.string(),
      flag: z.boolean(),
      note: z.string().nullable(),
    });
    const row = { secret: 'x', note: null, flag: 1, name: 'a"b\n\u2028', id: 7 };
    expect(text(schema, row as never)).toBe('{"id":7,"name":"a\\"b\\n\u2028","flag":true,"note":null}');
  });

  it('writes arrays, nested objects, optional fields and free records', () => {
    const schema = z.object({
      list: z.array(z.object({ n: z.number() })),
      gone: z.string().optional(),
      specs: z.record(z.string(), z.union([z.string(), z.array(z.string())])).nullable(),
    });
    expect(text(schema, { list: [{ n: 1 }, { n: 0.5 }], specs: { a: ['b'] } })).toBe(
      '{"list":[{"n":1},{"n":0.5}],"specs":{"a":["b"]}}',
    );
    expect(text(schema, { list: [], specs: null })).toBe('{"list":[],"specs":null}');
  });

  it('writes the very digits of money', () => {
    const schema = z.object({ price: money() });
    for (const price of ['0.00', '1234.50', '9999999999.99', '0.10', '3']) {
      expect(text(schema, { price })).toBe(`{"price":${price}}`);
    }
  });

  it.each(['', '.5', '01.5', '1.', '1e3', 'NaN', '1,5', '1.5"', ' 1'])('refuses %p as money', (price) => {
    expect(() => text(z.object({ price: money() }), { price })).toThrow(AnswerError);
  });

  it('writes times as ISO 8601 in UTC, from a Date or from SQL', () => {
    const schema = z.array(timestamp());
    const values = [
      new Date(Date.UTC(2026, 0, 31, 12)),
      '2026-01-31 12:00:00',
      '2026-01-31 12:00:00.5',
      '2026-01-31 12:00:00.123456',
    ];
    expect(text(schema, values)).toBe(
      '["2026-01-31T12:00:00.000Z","2026-01-31T12:00:00.000Z","2026-01-31T12:00:00.500Z","2026-01-31T12:00:00.123Z"]',
    );
    expect(() => text(schema, ['yesterday'])).toThrow(AnswerError);
  });

  it('writes a tree whose schema contains itself', () => {
    const node = z.object({
      id: z.int(),
      get children() {
        return z.array(node);
      },
    });
    expect(text(node, { id: 1, children: [{ id: 2, children: [] }] })).toBe(
      '{"id":1,"children":[{"id":2,"children":[]}]}',
    );
  });

  it('names the place of a value that does not fit', () => {
    const schema = z.object({ list: z.array(z.object({ n: z.number() })) });
    expect(() => text(schema, { list: [{ n: NaN }] })).toThrow('list.n should be a finite number');
    expect(() => text(schema, {} as never)).toThrow('list should be an array');
  });

  it('is the same JSON as JSON.stringify for any strings and numbers', () => {
    const schema = z.object({
      s: z.string(),
      n: z.number(),
      b: z.boolean(),
      l: z.array(z.string().nullable()),
    });
    const values = fc.record({
      s: fc.string({ unit: 'binary' }),
      n: fc.double({ noNaN: true, noDefaultInfinity: true }),
      b: fc.boolean(),
      l: fc.array(fc.option(fc.string())),
    });
    fc.assert(fc.property(values, (value) => expect(text(schema, value)).toBe(JSON.stringify(value))));
  });
});

it('keeps the special writing through meta() and describe(), and tells the document the JSON type', () => {
  const schema = z.object({
    price: (money() as z.ZodType<string, string>).describe('What is paid'),
    at: timestamp().nullable(),
  });
  expect(text(schema, { price: '1.50', at: null })).toBe('{"price":1.50,"at":null}');
  const document = z.toJSONSchema(schema) as { properties: Record<string, unknown> };
  expect(document.properties['price']).toMatchObject({ type: 'number', description: 'What is paid' });
});
