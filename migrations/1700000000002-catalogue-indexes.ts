import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addIndexes, keyIndexes, listIndexes } from './indexes';
import { editorOf, noWayBack } from './support';
import { uniqueSlugs } from './tables/slugs';

export class CatalogueIndexes1700000000002 implements MigrationInterface {
  readonly name = 'CatalogueIndexes1700000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    const editor = await editorOf(queryRunner);
    // The older application may have written others since the first migration.
    await uniqueSlugs(editor, 'categories');
    await uniqueSlugs(editor, 'products');
    await addIndexes(editor, keyIndexes, { products: listIndexes['products'] ?? {} });
  }

  down = noWayBack;
}
