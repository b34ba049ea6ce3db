import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editorOf, noWayBack } from './support';

/** Where whoever follows the binlog stands: how far it has been published, in which life of Redis. */
export class BinlogFollower1700000000006 implements MigrationInterface {
  readonly name = 'BinlogFollower1700000000006';

  async up(queryRunner: QueryRunner): Promise<void> {
    const editor = await editorOf(queryRunner);
    await editor.createTable(
      'binlog_follower',
      `id TINYINT NOT NULL, generation VARCHAR(64) NOT NULL, server VARCHAR(255) NOT NULL, position MEDIUMTEXT NOT NULL,
       marker CHAR(36) NOT NULL, updated_at DATETIME(6) NOT NULL, PRIMARY KEY (id)`,
    );
  }

  down = noWayBack;
}
