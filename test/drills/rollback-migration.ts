import { createHash } from 'node:crypto';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { migrations } from '@prior/migrations';
import type { MariaServer } from '../../scripts/lib/mariadb.js';
import { migrateDatabase } from '../support/migrated';
import { dump, restore } from './lib/backup';
import { countsOf, same } from './lib/catalogue';
import type { Drill } from './lib/rehearsal';
import type { Scene } from './lib/scene';
import { want } from './lib/steps';
import { Watch } from './lib/watch';

/** A next release's migration as it should be: it only adds, so it has a way back and the present release can live with it. */
class NextRelease9999999999999 implements MigrationInterface {
  readonly name = 'NextRelease9999999999999';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE products ADD COLUMN drillNote VARCHAR(40) NULL');
    await runner.query('CREATE INDEX drill_note ON products (drillNote)');
    await runner.query('CREATE TABLE drill_notes (id INT NOT NULL PRIMARY KEY, note VARCHAR(40) NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS drill_notes');
    await runner.query('DROP INDEX IF EXISTS drill_note ON products');
    await runner.query('ALTER TABLE products DROP COLUMN IF EXISTS drillNote');
  }
}

/** The migrations of this release and of the next one. */
async function withMigrations<T>(
  { stack, database }: Scene,
  list: (new () => MigrationInterface)[],
  work: (source: DataSource) => Promise<T>,
): Promise<T> {
  const { host, port, user, password } = stack.primary;
  const source = new DataSource({
    type: 'mysql',
    ...{ host, port, username: user, password, database },
    migrations: list,
    migrationsTableName: 'prior_migrations',
    migrationsTransactionMode: 'none',
    logging: false,
  });
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

/** One word for the whole schema: columns, indexes, and which migrations count as done. */
async function schemaOf(server: MariaServer, database: string): Promise<string> {
  const where = `WHERE table_schema = '${database}'`;
  const rows = [
    ...(await server.sql(
      `SELECT table_name, column_name, column_type, is_nullable FROM information_schema.columns ${where} ORDER BY 1, 2`,
    )),
    ...(await server.sql(
      `SELECT table_name, index_name, seq_in_index, column_name FROM information_schema.statistics ${where} ORDER BY 1, 2, 3`,
    )),
    ...(await server.sql(`SELECT name FROM ${database}.prior_migrations ORDER BY id`)),
  ];
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 12);
}

export const rollbackMigration: Drill = {
  name: 'rollback-migration',
  about: 'a migration of the next release, the present release on its schema, and the way back',
  page: 'rollback-migration.md',
  play: async (scene, steps) => {
    const { api, primary, servers, database } = scene;
    const before = await schemaOf(primary, database);
    const watch = await Watch.start(api, primary, database);
    try {
      await steps.step('a backup before the migration can be restored', async () => {
        const spare = await scene.newServer('spare');
        const backup = await dump(primary, scene.file('before-migration.sql'));
        await restore(spare, backup);
        const found = await scene.fingerprint(spare);
        want((await schemaOf(spare, database)) === before, 'its schema is another one');
        await spare.kill();
        scene.appoint(primary, servers.replicas);
        return `at GTID ${backup.position}: ${countsOf(found)}`;
      });
      await steps.step('a shipped migration refuses to go back, and changes nothing', async () => {
        const undone = await withMigrations(scene, migrations, (source) =>
          source.undoLastMigration({ transaction: 'none' }).then(
            () => 'it went back',
            (error: unknown) => (error instanceof Error ? error.message : String(error)),
          ),
        );
        want(undone.includes('restore the backup'), undone);
        want((await schemaOf(primary, database)) === before, 'the schema has changed');
        return undone;
      });
      const next = [...migrations, NextRelease9999999999999];
      await steps.step('the next release migrates under load', async () => {
        await watch.acks(5);
        const done = await withMigrations(scene, next, (source) =>
          source.runMigrations({ transaction: 'none' }),
        );
        want(done.length === 1, `${done.length} migrations ran`);
        await servers.sync();
        return `${done[0]?.name}, on the replicas too`;
      });
      await steps.step('this release serves the newer schema', async () => {
        await api.roll(scene.stack, database);
        await watch.acks(10);
        await watch.reads(50);
        const ran = await migrateDatabase(scene.stack, database);
        want(
          !ran.some((line) => line.startsWith('done')),
          `its own migrate did something: ${ran.join(', ')}`,
        );
        return `also after a restart; ${watch.verdict()}`;
      });
      await steps.step('a migration that died half-way is gone back from', async () => {
        await primary.sql(`DROP INDEX drill_note ON ${database}.products`);
        await withMigrations(scene, next, (source) => source.undoLastMigration({ transaction: 'none' }));
        await servers.sync();
        for (const server of [primary, ...servers.replicas])
          want(
            (await schemaOf(server, database)) === before,
            `${server.name} has another schema than before`,
          );
        return `the schema is ${before} again on every server`;
      });
      await steps.step('this release goes on', async () => {
        await watch.acks(10);
        await watch.reads(50);
        await watch.stop();
        await servers.sync();
        const here = await scene.fingerprint();
        for (const replica of servers.replicas) same(here, await scene.fingerprint(replica), replica.name);
        want((await watch.missingOn(primary)).length === 0, 'an acknowledged write is lost');
        return watch.verdict();
      });
    } finally {
      await watch.stop();
    }
  },
};
