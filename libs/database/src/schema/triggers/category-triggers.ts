import { HOLD_TREE, type Trigger } from './product-triggers';

const LISTING = 'productId, inStock, created_at, updatedPrice, rating, reviewCount';

/**
 * Takes the subtree of category `id` out of everything above it. Its own rows stay right throughout: what a subtree
 * lists and counts does not depend on where it hangs, so its own listing is the source of what has to go.
 */
export function cutSubtree(id: string): string[] {
  return [
    `DELETE l FROM product_listing l
       JOIN category_closure c ON c.ancestorId = l.categoryId AND c.descendantId = ${id} AND c.depth > 0
       JOIN product_listing s ON s.categoryId = ${id} AND s.productId = l.productId`,
    `UPDATE category_totals t
       JOIN category_closure c ON c.ancestorId = t.categoryId AND c.descendantId = ${id} AND c.depth > 0
       JOIN category_totals s ON s.categoryId = ${id}
        SET t.products = t.products - s.products, t.inStock = t.inStock - s.inStock`,
    `DELETE o FROM category_closure o
       JOIN category_closure below ON below.ancestorId = ${id} AND below.descendantId = o.descendantId
       LEFT JOIN category_closure inside ON inside.ancestorId = ${id} AND inside.descendantId = o.ancestorId
      WHERE inside.ancestorId IS NULL`,
  ];
}

/** Hangs the subtree of category `id`, which was cut before, below `parent` (SQL that may be NULL). */
export function pasteSubtree(id: string, parent: string): string[] {
  return [
    `INSERT INTO category_closure (ancestorId, descendantId, depth)
     SELECT above.ancestorId, below.descendantId, above.depth + below.depth + 1
       FROM category_closure above JOIN category_closure below
      WHERE above.descendantId = ${parent} AND below.ancestorId = ${id} LOCK IN SHARE MODE`,
    `INSERT INTO product_listing (categoryId, ${LISTING})
     SELECT c.ancestorId, s.${LISTING.split(', ').join(', s.')}
       FROM category_closure c JOIN product_listing s ON s.categoryId = ${id}
      WHERE c.descendantId = ${id} AND c.depth > 0 LOCK IN SHARE MODE`,
    `UPDATE category_totals t
       JOIN category_closure c ON c.ancestorId = t.categoryId AND c.descendantId = ${id} AND c.depth > 0
       JOIN category_totals s ON s.categoryId = ${id}
        SET t.products = t.products + s.products, t.inStock = t.inStock + s.inStock`,
  ];
}

/**
 * Writers of products hold this row with a shared lock: from here on they wait, or this waits for them. It has to come
 * before anything is read without a lock, because that fixes what the statement sees under READ COMMITTED.
 */
export const MOVE_TREE = 'UPDATE category_tree SET moves = moves + 1 WHERE id = 1';

const statements = (all: string[]) => all.map((sql) => `${sql};`).join('\n  ');

export function categoryTriggers(columns: readonly string[]): Trigger[] {
  const counted = columns.filter((c) => !['rev', 'updated_at'].includes(c));
  return [
    {
      name: 'prior_categories_ai',
      on: 'AFTER INSERT ON categories',
      body: `DECLARE tree BIGINT;
  IF COALESCE(@prior_bulk, 0) = 0 THEN ${HOLD_TREE}
    INSERT INTO category_closure (ancestorId, descendantId, depth)
    SELECT c.ancestorId, NEW.id, c.depth + 1 FROM category_closure c WHERE c.descendantId = NEW.parentId LOCK IN SHARE MODE;
    INSERT INTO category_closure (ancestorId, descendantId, depth) VALUES (NEW.id, NEW.id, 0);
    INSERT INTO category_totals (categoryId, products, inStock) VALUES (NEW.id, 0, 0);
  END IF;`,
    },
    {
      name: 'prior_categories_bu',
      on: 'BEFORE UPDATE ON categories',
      body: `DECLARE cycle INT;
  IF ${counted.map((c) => `NEW.\`${c}\` <=> OLD.\`${c}\``).join(' AND ')} THEN
    SET NEW.rev = OLD.rev;
  ELSE
    SET NEW.rev = OLD.rev + 1;
    IF NEW.updated_at <=> OLD.updated_at THEN SET NEW.updated_at = UTC_TIMESTAMP(3); END IF;
  END IF;
  IF COALESCE(@prior_bulk, 0) = 0 AND NOT (NEW.parentId <=> OLD.parentId) THEN 
    ${MOVE_TREE};
    SELECT COUNT(*) INTO cycle FROM category_closure c
     WHERE c.ancestorId = NEW.id AND c.descendantId = NEW.parentId LOCK IN SHARE MODE;
    IF cycle > 0 THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'A category cannot be moved into its own subtree';
    END IF;
  END IF;`,
    },
    {
      name: 'prior_categories_au',
      on: 'AFTER UPDATE ON categories',
      body: `IF COALESCE(@prior_bulk, 0) = 0 AND NOT (NEW.parentId <=> OLD.parentId) THEN
  ${statements([...cutSubtree('NEW.id'), ...pasteSubtree('NEW.id', 'NEW.parentId')])}
  END IF;`,
    },
    {
      // Children of a deleted category become roots, its products lists' rows go.
      name: 'prior_categories_ad',
      on: 'AFTER DELETE ON categories',
      body: `IF COALESCE(@prior_bulk, 0) = 0 THEN
    ${MOVE_TREE};
  ${statements(cutSubtree('OLD.id'))}
    DELETE FROM product_listing WHERE categoryId = OLD.id;
    DELETE FROM category_totals WHERE categoryId = OLD.id;
    DELETE FROM category_closure WHERE ancestorId = OLD.id;
  END IF;`,
    },
  ];
}
