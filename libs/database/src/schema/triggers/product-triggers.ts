import { searchCheckSql } from '../../full-text';

/** A trigger's name, its moment, and its body without BEGIN … END. */
export interface Trigger {
  readonly name: string;
  readonly on: string;
  readonly body: string;
}

/** Set to 1, it lets a session load in bulk; the derived tables are then made by `rebuildDerived`. */
const DERIVING = 'COALESCE(@prior_bulk, 0) = 0';

const same = (column: string) => `NEW.${column} <=> OLD.${column}`;
const LISTING = ['created_at', 'updatedPrice', 'rating', 'reviewCount'] as const;

const RATING = `SET NEW.rating = IF(NEW.reviewCount > 0, ROUND(NEW.ratingSum / NEW.reviewCount, 2), 0);`;

/** The text was changed by someone who does not know searchText: better no entry than a wrong one. */
const DROP_FOREIGN_SEARCH_TEXT = `
  IF NEW.searchText IS NOT NULL AND LEFT(NEW.searchText, 11) <> ${searchCheckSql('NEW.name', 'NEW.description')} THEN
    SET NEW.searchText = NULL;
  END IF;`;

/**
 * The closure rows are locked before they are used, also under READ COMMITTED: a move of the category waits for this
 * transaction, or this one for the move, so that no product is listed or counted under ancestors that its category
 * no longer has.
 */
const lockAncestors = (row: 'NEW' | 'OLD') => `
  SELECT COUNT(*) INTO ancestors FROM category_closure c WHERE c.descendantId = ${row}.categoryId LOCK IN SHARE MODE;`;

const LIST = `${lockAncestors('NEW')}
  INSERT INTO product_listing (categoryId, productId, inStock, ${LISTING.join(', ')})
  SELECT c.ancestorId, NEW.id, NEW.quantity > 0, ${LISTING.map((c) => `NEW.${c}`).join(', ')}
    FROM category_closure c WHERE c.descendantId = NEW.categoryId;`;

const UNLIST = `${lockAncestors('OLD')}
  DELETE l FROM product_listing l JOIN category_closure c ON c.ancestorId = l.categoryId
   WHERE c.descendantId = OLD.categoryId AND l.productId = OLD.id;`;

const RELIST = `${lockAncestors('NEW')}
  UPDATE product_listing l JOIN category_closure c ON c.ancestorId = l.categoryId
     SET l.inStock = NEW.quantity > 0, ${LISTING.map((c) => `l.${c} = NEW.${c}`).join(', ')}
   WHERE c.descendantId = NEW.categoryId AND l.productId = NEW.id;`;

/** Row 0, the whole catalogue, always comes first: one order of locks for everybody. */
const count = (row: 'NEW' | 'OLD', sign: '+' | '-') => `
  UPDATE category_totals SET products = products ${sign} 1, inStock = inStock ${sign} (${row}.quantity > 0) WHERE categoryId = 0;
  UPDATE category_totals t JOIN category_closure c ON c.ancestorId = t.categoryId
     SET t.products = t.products ${sign} 1, t.inStock = t.inStock ${sign} (${row}.quantity > 0)
   WHERE c.descendantId = ${row}.categoryId;`;

const COUNT_STOCK = `
  UPDATE category_totals SET inStock = inStock + (NEW.quantity > 0) - (OLD.quantity > 0) WHERE categoryId = 0;
  UPDATE category_totals t JOIN category_closure c ON c.ancestorId = t.categoryId
     SET t.inStock = t.inStock + (NEW.quantity > 0) - (OLD.quantity > 0) WHERE c.descendantId = NEW.categoryId;`;

/**
 * @param columns the table's columns whose change makes a new `rev`; columns of an older schema count too
 */
export function productTriggers(columns: readonly string[]): Trigger[] {
  const counted = columns.filter(
    (c) => !['rev', 'updated_at', 'inStock', 'searchText', 'rating'].includes(c),
  );
  return [
    {
      name: 'prior_products_bi',
      on: 'BEFORE INSERT ON products',
      body: RATING + DROP_FOREIGN_SEARCH_TEXT,
    },
    {
      name: 'prior_products_bu',
      on: 'BEFORE UPDATE ON products',
      body: `${RATING}
  IF ${counted.map((c) => same(`\`${c}\``)).join(' AND ')} THEN
    SET NEW.rev = OLD.rev;
  ELSE
    SET NEW.rev = OLD.rev + 1;
    IF ${same('updated_at')} THEN SET NEW.updated_at = UTC_TIMESTAMP(3); END IF;
  END IF;
  IF NOT (${same('name')} AND ${same('description')} AND ${same('searchText')}) THEN${DROP_FOREIGN_SEARCH_TEXT}
  END IF;`,
    },
    {
      name: 'prior_products_ai',
      on: 'AFTER INSERT ON products',
      body: `DECLARE ancestors INT;
  IF ${DERIVING} THEN${LIST}${count('NEW', '+')} END IF;`,
    },
    {
      name: 'prior_products_au',
      on: 'AFTER UPDATE ON products',
      body: `DECLARE ancestors INT;
  IF ${DERIVING} THEN
    IF NOT (${same('categoryId')}) THEN ${UNLIST}${LIST}${count('OLD', '-')}${count('NEW', '+')}
    ELSEIF NOT ((NEW.quantity > 0) = (OLD.quantity > 0) AND ${LISTING.map(same).join(' AND ')}) THEN ${RELIST}
      IF (NEW.quantity > 0) <> (OLD.quantity > 0) THEN ${COUNT_STOCK} END IF;
    END IF;
  END IF;`,
    },
    {
      // The reviews' own trigger must not touch products now (the server would refuse): prior_deleting tells it.
      name: 'prior_products_ad',
      on: 'AFTER DELETE ON products',
      body: `DECLARE ancestors INT;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN SET @prior_deleting = NULL; RESIGNAL; END;
  IF ${DERIVING} THEN${UNLIST}${count('OLD', '-')} END IF;
  SET @prior_deleting = OLD.id;
  DELETE FROM reviews WHERE product_id = OLD.id;
  DELETE FROM product_slugs WHERE productId = OLD.id;
  SET @prior_deleting = NULL;`,
    },
  ];
}
