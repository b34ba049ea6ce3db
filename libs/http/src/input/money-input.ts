import { z } from 'zod';

const DECIMAL = /^(\d{1,10})(?:\.(\d{1,2}))?$/;

/**
 * An amount of money that a client sends, as a JSON number or as decimal text: not negative, at most 10 digits before
 * the point and 2 behind. The result is decimal text with two digits behind the point, as DECIMAL(12,2) takes it.
 *
 * No arithmetic is done on it. A number of at most 12 digits prints as the very digits that were sent (a double holds
 * 15), and anything longer fails the pattern.
 */
export const moneyInput = () =>
  z
    // Without a check of its length: zod goes on behind a failed check, into rules that expect an amount.
    .union([z.number(), z.string()], 'Expected an amount such as 1234.50')
    .transform((value, context): string => {
      const match = DECIMAL.exec(String(value));
      if (!match?.[1]) {
        const message =
          'Expected an amount that is not negative, with at most 10 digits before the point and 2 behind it';
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
      return `${match[1].replace(/^0+(?=\d)/, '')}.${(match[2] ?? '').padEnd(2, '0')}`;
    })
    .meta({ description: 'Amount of money: a number, or decimal text', examples: [1234.5] });
