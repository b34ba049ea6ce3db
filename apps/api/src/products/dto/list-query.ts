import { MAX_INT } from '@prior/database';
import { moneyInput, pageQuery, query, queryBool, queryInt, queryList } from '@prior/http';
import { z } from 'zod';
import { compareDecimals } from '../decimal';

/** What a client may ask for by name. */
export const sorts = ['newest', 'price', '-price', 'rating', 'popular'] as const;
export type Sort = (typeof sorts)[number];

const MAX_LOOKUP = 100;
const DEFAULT_LIMIT = 20;

const fields = query(
  {
    ...pageQuery,
    category: z
      .string()
      .min(1)
      .max(191)
      .optional()
      .meta({ description: 'Slug of a category; its subtree is included' }),
    categoryId: queryInt({ min: 1, max: MAX_INT }).optional().meta({ description: 'The same by its id' }),
    minPrice: moneyInput().optional().meta({ description: 'Lowest `updatedPrice`, inclusive' }),
    maxPrice: moneyInput().optional().meta({ description: 'Highest `updatedPrice`, inclusive' }),
    inStock: queryBool().optional().meta({
      description:
        '`true`: only what is in stock; `false`: all. Default `true`; with `ids` or `slugs` `false`',
    }),
    sort: z.enum(sorts).optional().meta({
      description:
        'Default `newest`, with `q` the best match first. `popular`: most reviews first. Ties go by id, in the same direction',
    }),
    ids: queryList(queryInt({ min: 1, max: MAX_INT }), { max: MAX_LOOKUP })
      .optional()
      .meta({
        description:
          'Exactly these products, in this order, those that do not exist left out. Not with other filters',
      }),
    slugs: queryList(z.string().min(1).max(191), { max: MAX_LOOKUP })
      .optional()
      .meta({ description: 'The same by slug' }),
    q: z.string().max(200).trim().optional().meta({
      description:
        'Full text over name and description, any language: every word is required, the last one as the beginning of a word',
    }),
  },
  // What is asked for by an empty list is not the whole catalogue.
  { keepEmpty: ['ids', 'slugs'] },
);

type Fields = z.output<typeof fields>;

const NOT_WITH_LOOKUP = ['q', 'category', 'categoryId', 'minPrice', 'maxPrice', 'sort', 'cursor'] as const;

function check(asked: Fields, context: z.RefinementCtx<Fields>): void {
  const wrong = (field: keyof Fields, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (asked.category !== undefined && asked.categoryId !== undefined)
    wrong('category', 'Give either category or categoryId');
  if (asked.ids && asked.slugs) wrong('slugs', 'Give either ids or slugs');
  const lookup = asked.ids ? 'ids' : 'slugs';
  for (const field of asked.ids || asked.slugs ? NOT_WITH_LOOKUP : [])
    if (asked[field] !== undefined) wrong(field, `Cannot be combined with ${lookup}`);
  const { minPrice, maxPrice } = asked;
  if (minPrice !== undefined && maxPrice !== undefined && compareDecimals(minPrice, maxPrice) > 0)
    wrong('minPrice', 'Is above maxPrice');
}

/** What `GET /products` was asked, complete: the same for every spelling of the same question. */
export interface ListQuery extends Omit<Fields, 'sort' | 'inStock'> {
  readonly inStock: boolean;
  /** `relevance`: only with `q`, when no other order was asked for. */
  readonly sort: Sort | 'relevance';
}

function complete({ page, limit, ...asked }: Fields): ListQuery {
  const lookup = asked.ids !== undefined || asked.slugs !== undefined;
  return {
    ...asked,
    // A lookup is one page. A cart must see what is sold out, so nothing is hidden from it unless it asks for that.
    page: lookup || asked.cursor !== undefined ? 1 : page,
    limit: lookup ? MAX_LOOKUP : limit,
    inStock: asked.inStock ?? !lookup,
    sort: asked.sort ?? (asked.q === undefined ? 'newest' : 'relevance'),
  };
}

export const listQuery = fields.superRefine(check).transform(complete);

/** The parameters that lead to this question, for links; what is the default is left out. */
export function parametersOf(asked: ListQuery): Record<string, string | number | boolean | undefined> {
  const { category, categoryId, minPrice, maxPrice, q, ids, slugs, limit, sort, inStock } = asked;
  const lookup = ids !== undefined || slugs !== undefined;
  return {
    q,
    category,
    categoryId,
    minPrice,
    maxPrice,
    inStock: inStock === lookup ? inStock : undefined,
    sort: sort === 'relevance' || (sort === 'newest' && q === undefined) ? undefined : sort,
    limit: lookup || limit === DEFAULT_LIMIT ? undefined : limit,
    ids: ids?.join(','),
    slugs: slugs?.join(','),
  };
}
