import { columnsOf } from '@prior/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editorOf, noWayBack } from './support';

/** Former slugs, retried requests, the outbox, the heartbeat. */
export class MachineryTables1700000000003 implements MigrationInterface {
  readonly name = 'MachineryTables1700000000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    const editor = await editorOf(queryRunner);
    const exact = editor.exact;
    const productId = (await columnsOf(editor.query, 'products')).get('id')?.fullType ?? 'int';
    await editor.createTable(
      'product_slugs',
      `slug VARCHAR(191) ${exact} NOT NULL, productId ${productId} NOT NULL,
       created_at DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3)),
       PRIMARY KEY (slug), INDEX idx_product_slugs_product (productId)`,
    );
    await editor.createTable(
      'idempotency_keys',
      `scope VARCHAR(191) ${exact} NOT NULL, idemKey VARCHAR(191) ${exact} NOT NULL,
       requestHash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, status SMALLINT NULL, response MEDIUMTEXT NULL,
       created_at DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3)),
       PRIMARY KEY (scope, idemKey), INDEX idx_idempotency_created (created_at)`,
    );
    await editor.createTable(
      'outbox',
      `id BIGINT NOT NULL AUTO_INCREMENT, tags MEDIUMTEXT NOT NULL,
       created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
       PRIMARY KEY (id)`,
    );
    await editor.createTable(
      'replica_heartbeat',
      'id TINYINT NOT NULL, at DATETIME(6) NOT NULL, PRIMARY KEY (id)',
    );
    await editor.query('INSERT IGNORE INTO replica_heartbeat (id, at) VALUES (1, UTC_TIMESTAMP(6))');
  }

  down = noWayBack;
}
