import { z } from 'zod';

/**
 * Schemas for what arrives in a query string, where everything is text. Stricter than `z.coerce`, which takes '',
 * ' 1', '0x10' and '1e3' for numbers. A parameter given twice arrives as an array and is refused.
 */

const toInt = (value: unknown): unknown =>
  typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;

const toBool = (value: unknown): unknown =>
  value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value;

/** Whole number; add `.default(20)` or `.optional()` outside. */
export const queryInt = ({ min, max }: { min: number; max: number }) =>
  z.preprocess(toInt, z.int().min(min).max(max));

/** `true`, `false`, `1` or `0`. */
export const queryBool = () => z.preprocess(toBool, z.boolean());

/** Comma-separated values (`1,2,3`), each one checked by `item`, 1 to `max` of them, duplicates dropped. */
export function queryList<T extends z.ZodType>(item: T, { max }: { max: number }) {
  const split = (value: unknown): unknown =>
    typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
  return z
    .preprocess(split, z.array(item).min(1).max(max))
    .transform((values) => [...new Set(values)])
    .meta({ style: 'form', explode: false });
}

/**
 * A whole query string. Parameters that it does not name (`utm_source`, `fbclid`) are ignored, and one without a value
 * (`minPrice=`) is one that was not given: a form sends every field that was left empty like that.
 *
 * @param keepEmpty names for which no value is an error all the same: "exactly these: none" must not become "all"
 */
export const query = <S extends z.core.$ZodLooseShape>(
  shape: S,
  { keepEmpty = [] }: { keepEmpty?: readonly (keyof S & string)[] } = {},
) => {
  const given = ([name, value]: [string, unknown]): boolean =>
    typeof value !== 'string' || value.trim() !== '' || keepEmpty.includes(name);
  return z.preprocess(
    (sent) =>
      typeof sent === 'object' && sent !== null
        ? Object.fromEntries(Object.entries(sent).filter(given))
        : sent,
    z.object(shape),
  );
};

/** A request body. Fields that it does not name are an error: a misspelt field must not be lost silently. */
export const body = <S extends z.core.$ZodLooseShape>(shape: S) => z.strictObject(shape);
