import { z } from 'zod';
import { queryInt } from '../input/query';
import { Problem } from '../problems/problem';

/** Rows that page numbers reach. An OFFSET reads every row that it skips; cursors have no such cost. */
export const MAX_OFFSET_ROWS = 10_000;

/** Query parameters of every list: spread them into the list's own `query({ ... })`. */
export const pageQuery = {
  page: queryInt({ min: 1, max: Number.MAX_SAFE_INTEGER })
    .default(1)
    .meta({ description: `Page number; reaches ${MAX_OFFSET_ROWS} rows deep` }),
  limit: queryInt({ min: 1, max: 100 }).default(20).meta({ description: 'Rows a page' }),
  cursor: z
    .string()
    .max(1_024)
    .optional()
    .meta({ description: '`nextCursor` of the page before; replaces `page`' }),
};

/**
 * Rows to skip for a page.
 *
 * @throws Problem `offset_too_deep` when the page reaches beyond the first 10,000 rows
 */
export function offsetOf(page: number, limit: number): number {
  if (page * limit > MAX_OFFSET_ROWS)
    throw new Problem('offset_too_deep', { params: { max: MAX_OFFSET_ROWS } });
  return (page - 1) * limit;
}
