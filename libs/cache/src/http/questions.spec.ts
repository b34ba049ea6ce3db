import { query, queryInt, queryList } from '@prior/http';
import fc from 'fast-check';
import { z } from 'zod';
import { inputOf } from './questions';

const schema = query(
  {
    page: queryInt({ min: 1, max: 10 }).default(1),
    sort: z.enum(['newest', 'price']).optional(),
    q: z.string().max(5).trim().optional(),
    ids: queryList(queryInt({ min: 1, max: 9 }), { max: 3 }).optional(),
  },
  { keepEmpty: ['ids'] },
)
  .superRefine(({ q, ids }, context) => {
    if (q !== undefined && ids) context.addIssue({ code: 'custom', path: ['ids'], message: 'Not with q' });
  })
  .transform(({ page, ...asked }) => ({ ...asked, page: asked.ids ? 1 : page }));

const text = fc.oneof(
  fc.constantFrom('', ' ', '1', '3', '11', '1,2', '1,1,2', '1,2,3,4', 'newest', 'x', '__proto__', 'abcdef'),
  fc.string({ maxLength: 7 }),
);
const value = fc.oneof(text, fc.array(text, { maxLength: 2 }), fc.constantFrom(undefined, null, 3, true));
const name = fc.constantFrom('page', 'sort', 'q', 'ids', 'utm_source', 'toString');

it('reads a question as the pipes read it', () => {
  const options = { ttl: 'list', query: schema, tags: () => [] } as const;
  let valid = 0;
  fc.assert(
    fc.property(fc.dictionary(name, value), (sent) => {
      const { success, data } = schema.safeParse(sent);
      const input = inputOf(options as never, { params: {}, query: sent });
      if (success) valid += 1;
      expect(input).toEqual(success ? { params: {}, query: data } : undefined);
    }),
    { numRuns: 2_000 },
  );
  expect(valid).toBeGreaterThan(200);
});
