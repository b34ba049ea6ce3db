import { z } from 'zod';

/** How a value is written where its JSON type alone does not say it. Survives `.meta()` and `.describe()`. */
export const writingOf = z.registry<{ readonly as: 'money' | 'timestamp' }>();

/**
 * An amount of money in an answer. The document says `number`; the handler hands in the DECIMAL's own digits
 * ("1234.50", as the driver gives them) and those very digits are written: no float ever holds the price.
 */
export function money(description = 'Amount of money, exact to two decimals'): z.ZodType<string, string> {
  const schema = z.number().min(0).meta({ description, example: 1234.5 });
  schema.register(writingOf, { as: 'money' });
  return schema as unknown as z.ZodType<string, string>;
}

/** A moment in an answer: handed in as a Date or as SQL text in UTC, written as ISO 8601 (`2026-01-31T12:00:00.000Z`). */
export function timestamp(description?: string): z.ZodType<Date | string, Date | string> {
  const schema = z.string().meta({ format: 'date-time', ...(description && { description }) });
  schema.register(writingOf, { as: 'timestamp' });
  return schema as unknown as z.ZodType<Date | string, Date | string>;
}
