import type { MariaServer } from '../../scripts/lib/mariadb.js';
import { bearer } from '../consistency/lab/tokens';
import { type Backup, dump, restore } from './lib/backup';
import { countsOf, type Fingerprint, same } from './lib/catalogue';
import { promote } from './lib/promotion';
import type { Drill } from './lib/rehearsal';
import { want } from './lib/steps';
import { Watch } from './lib/watch';

const WAIT_S = 30;

/** Lets a server follow another one up to a position, and no further. */
async function followUntil(server: MariaServer, position: string, from?: MariaServer): Promise<void> {
  const { replPassword } = server.state.accounts;
  if (from)
    await server.sql(
      `CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=${from.port}, MASTER_USER='repl',
       MASTER_PASSWORD='${replPassword}', MASTER_USE_GTID=slave_pos`,
    );
  await server.sql(`START SLAVE UNTIL master_gtid_pos = '${position}'`);
  const [answer] = await server.sql(`SELECT MASTER_GTID_WAIT('${position}', ${WAIT_S})`);
  want(answer?.[0] === '0', `${server.name} does not reach ${position}`);
}

/** The position of the last transaction before the one that ran this statement, as the binlog has it. */
async function positionBefore(server: MariaServer, statement: string): Promise<string> {
  const [status] = await server.sql('SHOW MASTER STATUS');
  let last = '';
  for (const [, , type, , , info = ''] of await server.sql(`SHOW BINLOG EVENTS IN '${status?.[0]}'`)) {
    if (type === 'Gtid') last = /GTID (\S+)/.exec(info)?.[1] ?? last;
    if (type === 'Annotate_rows' && info === statement) {
      const [domain, source, number] = last.split('-');
      return `${domain}-${source}-${Number(number) - 1}`;
    }
  }
  throw new Error(`${statement} is not in the binlog`);
}

export const backupRestore: Drill = {
  name: 'backup-restore',
  about: 'a backup under load, a DELETE without WHERE, a restore up to just before it',
  page: 'backup-restore.md',
  play: async (scene, steps) => {
    const { api, servers, redis, database } = scene;
    const old = servers.primary;
    const [twin] = servers.replicas as [MariaServer];
    let backup!: Backup;
    let restored!: MariaServer;
    let wanted!: Fingerprint;
    const watch = await Watch.start(api, old, database);
    try {
      await steps.step('a backup while the catalogue is written', async () => {
        await watch.acks(10);
        await twin.stopReplication();
        await watch.acks(5);
        backup = await dump(old, scene.file('backup.sql'));
        await watch.acks(10);
        return `at GTID ${backup.position}`;
      });
      await steps.step('restored into an empty server, it is what a replica held there', async () => {
        restored = await scene.newServer('restored');
        await restore(restored, backup);
        await followUntil(twin, backup.position);
        same(
          await scene.fingerprint(twin),
          await scene.fingerprint(restored),
          'the replica and the restored server',
        );
        await twin.sql('START SLAVE');
        return countsOf(await scene.fingerprint(restored));
      });
      await watch.stop();
      await steps.step('the accident: DELETE FROM reviews, on every server', async () => {
        wanted = await scene.fingerprint();
        await old.sql(`USE ${database}; DELETE FROM reviews`);
        await servers.sync();
        return countsOf(await scene.fingerprint(twin));
      });
      await steps.step('the restored server follows up to just before it', async () => {
        const before = await positionBefore(old, 'DELETE FROM reviews');
        await followUntil(restored, before, old);
        await promote(restored);
        same(wanted, await scene.fingerprint(restored), 'before the accident and restored');
        return `GTID ${before}: ${countsOf(wanted)}, nothing written since the backup is lost`;
      });
    } finally {
      await watch.stop();
    }
    await steps.step('the replicas are built anew and attached to it', async () => {
      const { replicas } = servers;
      scene.appoint(restored, []);
      servers.state.maria.push(...replicas.map(({ state }) => state), old.state);
      await scene.rebuild(...replicas);
      scene.appoint(restored, replicas);
      await old.kill();
      await servers.sync();
      for (const replica of replicas) same(wanted, await scene.fingerprint(replica), replica.name);
      return `${replicas.map(({ name }) => name).join(' and ')} hold the same`;
    });
    await steps.step('the API answers from it, and writes', async () => {
      // The caches know what was written after the position.
      await redis.command('FLUSHALL');
      await api.roll(scene.stack, database);
      const [row = []] = await restored.sql(
        `SELECT p.slug, COUNT(*) FROM ${database}.reviews r JOIN ${database}.products p ON p.id = r.product_id GROUP BY p.id LIMIT 1`,
      );
      const path = `/api/products/${encodeURIComponent(row[0] ?? '')}`;
      const reviews = await api.request(`${path}/reviews`);
      want(reviews.status === 200, `reviews were answered ${reviews.status}`);
      want(reviews.json<{ total: number }>().total === Number(row[1]), 'not the reviews that were there');
      const headers = { authorization: await bearer('admin') };
      const answer = await api.request(path, {
        method: 'PATCH',
        body: { name: 'After the restore' },
        headers,
      });
      want(answer.status === 200, `a write was answered ${answer.status}`);
      await servers.sync();
      return `${row[1]} reviews of ${row[0]}; a write arrives on every replica`;
    });
  },
};
