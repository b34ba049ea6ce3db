import type { Trigger } from './product-triggers';

/** Reviews without a rating exist in older schemas only; they count for nothing. */
const add = (row: 'NEW' | 'OLD', sign: '+' | '-') => `
  IF ${row}.rating IS NOT NULL THEN
    UPDATE products SET reviewCount = reviewCount ${sign} 1, ratingSum = ratingSum ${sign} ${row}.rating
     WHERE id = ${row}.product_id;
  END IF;`;

export function reviewTriggers(): Trigger[] {
  return [
    {
      name: 'prior_reviews_ai',
      on: 'AFTER INSERT ON reviews',
      body: `IF COALESCE(@prior_bulk, 0) = 0 THEN${add('NEW', '+')} END IF;`,
    },
    {
      name: 'prior_reviews_au',
      on: 'AFTER UPDATE ON reviews',
      body: `IF COALESCE(@prior_bulk, 0) = 0 AND NOT (NEW.rating <=> OLD.rating AND NEW.product_id <=> OLD.product_id) THEN
    ${add('OLD', '-')}${add('NEW', '+')}
  END IF;`,
    },
    {
      name: 'prior_reviews_ad',
      on: 'AFTER DELETE ON reviews',
      body: `IF COALESCE(@prior_bulk, 0) = 0 AND NOT (@prior_deleting <=> OLD.product_id) THEN${add('OLD', '-')} END IF;`,
    },
  ];
}
