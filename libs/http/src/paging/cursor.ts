import { z } from 'zod';
import { Problem } from '../problems/problem';

/** Raised when the meaning of a cursor's keys changes: older cursors are then refused instead of misread. */
const VERSION = 1;
const MAX_LENGTH = 1_024;

/**
 * An opaque bookmark: where a list in a given order was left.
 *
 * @param sort the order (and whatever else the position depends on); a cursor only works with the same one
 * @param keys the sort columns of the last row, the tie-breaker last
 */
export function encodeCursor(sort: string, keys: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify([VERSION, sort, ...keys])).toString('base64url');
}

/**
 * @param keys what the keys must look like: they go into SQL (as parameters), so they are checked like any other input
 * @throws Problem `invalid_cursor` for whatever this list did not hand out
 */
export function decodeCursor<K extends z.ZodType<readonly unknown[]>>(
  cursor: string,
  sort: string,
  keys: K,
): z.output<K> {
  const [version, itsSort, ...itsKeys] = parse(cursor);
  const parsed = keys.safeParse(itsKeys);
  if (version !== VERSION || itsSort !== sort || !parsed.success) throw new Problem('invalid_cursor');
  return parsed.data;
}

function parse(cursor: string): unknown[] {
  if (cursor.length > MAX_LENGTH || !/^[\w-]+$/.test(cursor)) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
