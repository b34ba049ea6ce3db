import { columnsOf, OperatorError, rows, tableExists, type SchemaEditor } from '@prior/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editorOf, noWayBack } from './support';
import { categoryColumns } from './tables/categories';
import { completeTable, ddl, isInteger, type Column } from './tables/column';
import { shapeJson } from './tables/json-columns';
import { productColumns } from './tables/products';
import { reviewColumns } from './tables/reviews';
import { uniqueSlugs } from './tables/slugs';

/** products, categories, reviews: made on an empty database, completed where an older schema has them. */
export class CatalogueTables1700000000001 implements MigrationInterface {
  readonly name = 'CatalogueTables1700000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    const editor = await editorOf(queryRunner);
    const exact = editor.dialect.exactCollation;
    await table(
      editor,
      'categories',
      categoryColumns(exact, await idType(editor, 'categories')),
      async () => {
        await uniqueSlugs(editor, 'categories');
        await integersOnly(editor, 'categories', 'parentId');
      },
    );
    await table(editor, 'products', productColumns(exact, await idType(editor, 'categories')), async () => {
      await pricesGiven(editor);
      await uniqueSlugs(editor, 'products');
      await shapeJson(editor);
      await integersOnly(editor, 'products', 'categoryId');
    });
    await table(editor, 'reviews', reviewColumns(exact, await idType(editor, 'products')), () =>
      oneReviewEach(editor),
    );
    await inStock(editor);
    await wholeRatings(editor);
  }

  down = noWayBack;
}

async function idType(editor: SchemaEditor, name: string): Promise<string> {
  return (await columnsOf(editor.query, name)).get('id')?.fullType ?? 'INT';
}

async function table(
  editor: SchemaEditor,
  name: string,
  columns: readonly Column[],
  beforeTypes: () => Promise<void>,
): Promise<void> {
  if (!(await tableExists(editor.query, name))) {
    const all = [
      'id INT NOT NULL AUTO_INCREMENT',
      ...columns.map((column) => ddl(column)),
      'PRIMARY KEY (id)',
    ];
    await editor.createTable(name, all.join(', '));
    return;
  }
  const id = (await columnsOf(editor.query, name)).get('id');
  if (id === undefined || !isInteger(id) || !id.autoIncrement) {
    throw new OperatorError(
      `${name} has no column "id" that is an AUTO_INCREMENT integer${id ? ` (it is ${id.fullType})` : ''}. ` +
        `Prior needs one: give the table such a key, or migrate into an empty database and import the products.`,
    );
  }
  await completeTable(editor, name, columns, beforeTypes);
}

/** VIRTUAL: it costs nothing to add, and an index can still hold it. A STORED one would rewrite the table under a lock. */
async function inStock(editor: SchemaEditor): Promise<void> {
  if ((await columnsOf(editor.query, 'products')).has('instock')) return;
  const clause = 'ADD COLUMN inStock TINYINT GENERATED ALWAYS AS (quantity > 0) VIRTUAL';
  await editor.alter('products', [clause], 'adding the virtual column inStock');
}

/** A price is nobody's guess: the other price fills in, and where there is neither, a person has to decide. */
async function pricesGiven(editor: SchemaEditor): Promise<void> {
  const without = await rows<{ id: number }>(
    editor.query,
    'SELECT id FROM products WHERE unitPrice IS NULL OR updatedPrice IS NULL ORDER BY id LIMIT 10',
  );
  if (without.length === 0) return;
  throw new OperatorError(
    `Products without any price: id ${without.map(({ id }) => id).join(', ')}${without.length === 10 ? ' …' : ''}. ` +
      `Give them one (UPDATE products SET unitPrice = …, updatedPrice = … WHERE id = …) or delete them, then migrate again.`,
  );
}

/** An id kept as text ('123') becomes a number; anything else is not ours to interpret. */
async function integersOnly(editor: SchemaEditor, name: string, column: string): Promise<void> {
  const found = (await columnsOf(editor.query, name)).get(column.toLowerCase());
  if (found === undefined || isInteger(found)) return;
  await editor.query(`UPDATE ${name} SET ${column} = NULL WHERE ${column} = ''`);
  const odd = await rows<{ id: number }>(
    editor.query,
    `SELECT id FROM ${name} WHERE ${column} IS NOT NULL AND ${column} NOT REGEXP '^[0-9]+$' ORDER BY id LIMIT 10`,
  );
  if (odd.length === 0) return;
  throw new OperatorError(
    `${name}.${column} is not a category's number in the rows ${odd.map(({ id }) => id).join(', ')}. Correct them, then migrate again.`,
  );
}

/** An older column "author" is a display name when it repeats: it moves there, because ours is a person's only review. */
async function oneReviewEach(editor: SchemaEditor): Promise<void> {
  const repeated = await rows<{ product_id: number }>(
    editor.query,
    'SELECT product_id FROM reviews WHERE author IS NOT NULL GROUP BY product_id, author HAVING COUNT(*) > 1 LIMIT 1',
  );
  if (repeated.length === 0) return;
  await editor.updateInBatches('reviews', 'authorName = author', 'author IS NOT NULL AND authorName IS NULL');
  await editor.updateInBatches('reviews', 'author = NULL', 'author IS NOT NULL');
  editor.announce(
    'reviews: author names repeat, so they are kept as authorName; these reviews belong to no account',
  );
}

/** An older schema may rate in fractions; the sum must keep them. */
async function wholeRatings(editor: SchemaEditor): Promise<void> {
  const rating = (await columnsOf(editor.query, 'reviews')).get('rating');
  const sum = (await columnsOf(editor.query, 'products')).get('ratingsum');
  if (rating?.type !== 'decimal' || sum?.type === 'decimal') return;
  await editor.alter(
    'products',
    ['MODIFY COLUMN ratingSum DECIMAL(14,2) NOT NULL DEFAULT 0'],
    'ratingSum with fractions',
  );
}
