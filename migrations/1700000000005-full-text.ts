import { refillSearchText } from '@prior/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addIndexes, fullTextIndex } from './indexes';
import { editorOf, noWayBack } from './support';

/** Last, because a table with a full-text index can take no column instantly any more. */
export class FullText1700000000005 implements MigrationInterface {
  readonly name = 'FullText1700000000005';

  async up(queryRunner: QueryRunner): Promise<void> {
    const editor = await editorOf(queryRunner);
    await refillSearchText(editor.query, (filled) => editor.announce(`searchText: ${filled} products`));
    await addIndexes(editor, fullTextIndex);
  }

  down = noWayBack;
}
