import { cursorDecimal, cursorId, cursorInteger, cursorTime, decodeCursor, encodeCursor } from '@prior/http';
import { z } from 'zod';
import type { ListQuery } from './dto/list-query';
import type { Position } from './listing.sql';

const keys: Readonly<Record<ListQuery['sort'], z.ZodType<string>>> = {
  newest: cursorTime,
  price: cursorDecimal,
  '-price': cursorDecimal,
  rating: cursorDecimal,
  popular: cursorInteger,
  // Its place among the matches: a score is of no use, as it changes with every other product's text.
  relevance: cursorInteger,
};

const page = z.int().min(2);
const bookmarkOf = (key: z.ZodType<string>) => z.tuple([key, cursorId, page]);
// Made once: to make a schema takes longer than to use it.
const bookmarks = Object.fromEntries(
  Object.entries(keys).map(([sort, key]) => [sort, bookmarkOf(key)]),
) as Record<ListQuery['sort'], ReturnType<typeof bookmarkOf>>;

/** A cursor for the page behind `position`, which is page number `next` of the walk. */
export const cursorOf = (sort: ListQuery['sort'], position: Position, next: number): string =>
  encodeCursor(sort, [position.key, position.id, next]);

/** @throws Problem invalid_cursor */
export function readCursor(cursor: string, sort: ListQuery['sort']): { after: Position; page: number } {
  const [key, lastId, number] = decodeCursor(cursor, sort, bookmarks[sort]);
  return { after: { key, id: lastId }, page: number };
}
