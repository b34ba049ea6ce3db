import { z } from 'zod';

const SQL_TIME = /^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/;

/**
 * A DATETIME as the server writes it, for `decodeCursor`. Times that do not exist (30 February) are refused here: in a
 * statement they would be an error of ours.
 */
export const cursorTime = z
  .string()
  .regex(SQL_TIME)
  .refine((text) => {
    const iso = `${text.slice(0, 19).replace(' ', 'T')}.000Z`;
    const date = new Date(iso);
    return !Number.isNaN(date.getTime()) && date.toISOString() === iso;
  });

/** A DECIMAL that is not negative, as the server writes it. */
export const cursorDecimal = z.string().regex(/^\d{1,20}(\.\d{1,10})?$/);

/** An INT that is not negative, as text. */
export const cursorInteger = z.string().regex(/^\d{1,10}$/);

export const cursorId = z.int().positive();
