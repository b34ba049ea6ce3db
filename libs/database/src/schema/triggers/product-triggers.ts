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
 * While this lock is held no category moves, so a product is never listed or counted under ancestors that its category
 * no longer has. Locking the closure's own rows would not do: a reader that waits for one of them misses rows that
 * were inserted before it meanwhile.
 */
export const HOLD_TREE = `
  SELECT moves INTO tree FROM category_tree WHERE id = 1 LOCK IN SHARE MODE;`;

/** Read with a lock, because under READ COMMITTED a snapshot may be as old as the statement's first row. */
const above = (row: 'NEW' | 'OLD') =>
  `(SELECT c.ancestorId FROM category_closure c WHERE c.descendantId = ${row}.categoryId LOCK IN SHARE MODE) above`;

const LIST = `
  INSERT INTO product_listing (categoryId, productId, inStock, ${LISTING.join(', ')})
  SELECT above.ancestorId, NEW.id, NEW.quantity > 0, ${LISTING.map((c) => `NEW.${c}`).join(', ')} FROM ${above('NEW')};`;

const UNLIST = `
  DELETE l FROM product_listing l JOIN ${above('OLD')} ON above.ancestorId = l.categoryId WHERE l.productId = OLD.id;`;

const RELIST = `
  UPDATE product_listing l JOIN ${above('NEW')} ON above.ancestorId = l.categoryId
     SET l.inStock = NEW.quantity > 0, ${LISTING.map((c) => `l.${c} = NEW.${c}`).join(', ')}
   WHERE l.productId = NEW.id;`;

/** Row 0, the whole catalogue, always comes first: one order of locks for everybody. */
const count = (row: 'NEW' | 'OLD', sign: '+' | '-') => `
  UPDATE category_totals SET products = products ${sign} 1, inStock = inStock ${sign} (${row}.quantity > 0) WHERE categoryId = 0;
  UPDATE category_totals t JOIN ${above(row)} ON above.ancestorId = t.categoryId
     SET t.products = t.products ${sign} 1, t.inStock = t.inStock ${sign} (${row}.quantity > 0);`;

const COUNT_STOCK = `
  UPDATE category_totals SET inStock = inStock + (NEW.quantity > 0) - (OLD.quantity > 0) WHERE categoryId = 0;
  UPDATE category_totals t JOIN ${above('NEW')} ON above.ancestorId = t.categoryId
     SET t.inStock = t.inStock + (NEW.quantity > 0) - (OLD.quantity > 0);`;

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
      body: `DECLARE tree BIGINT;
  IF ${DERIVING} THEN${HOLD_TREE}${LIST}${count('NEW', '+')} END IF;`,
    },
    {
      name: 'prior_products_au',
      on: 'AFTER UPDATE ON products',
      body: `DECLARE tree BIGINT;
  IF ${DERIVING} THEN
    IF NOT (${same('categoryId')}) THEN ${HOLD_TREE}${UNLIST}${LIST}${count('OLD', '-')}${count('NEW', '+')}
    ELSEIF NOT ((NEW.quantity > 0) = (OLD.quantity > 0) AND ${LISTING.map(same).join(' AND ')}) THEN ${HOLD_TREE}${RELIST}
      IF (NEW.quantity > 0) <> (OLD.quantity > 0) THEN ${COUNT_STOCK} END IF;
    END IF;
  END IF;`,
    },
    {
      // The reviews' own trigger must not touch products now (the server would refuse): prior_deleting tells it.
      name: 'prior_products_ad',
      on: 'AFTER DELETE ON products',
      body: `DECLARE tree BIGINT;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN SET @prior_deleting = NULL; RESIGNAL; END;
  IF ${DERIVING} THEN${HOLD_TREE}${UNLIST}${count('OLD', '-')} END IF;
  SET @prior_deleting = OLD.id;
  DELETE FROM reviews WHERE product_id = OLD.id;
  DELETE FROM product_slugs WHERE productId = OLD.id;
  SET @prior_deleting = NULL;`,
    },
  ];
}
