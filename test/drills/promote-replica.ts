import type { MariaServer } from '../../scripts/lib/mariadb.js';
import { bearer } from '../consistency/lab/tokens';
import { same } from './lib/catalogue';
import { appliedBy, errant, follow, makeSemiSynchronous, mostAdvanced, promote } from './lib/promotion';
import type { Drill } from './lib/rehearsal';
import type { Scene } from './lib/scene';
import { type Steps, want } from './lib/steps';
import { Watch } from './lib/watch';

/** A product that the watch does not write: its last one. */
const LAST = 'ORDER BY id DESC LIMIT 1';

/** From a dead primary to a living one, with the API behind it. @returns the new primary */
async function failOver(scene: Scene, watch: Watch, steps: Steps): Promise<MariaServer> {
  const { servers, redis, database } = scene;
  const dead = servers.primary;
  await steps.step('reads go on from cache and replicas', async () => {
    await watch.reads(50);
    return watch.verdict();
  });
  let chosen!: MariaServer;
  await steps.step('the most advanced replica is chosen', async () => {
    chosen = await mostAdvanced(servers.replicas);
    const all = await Promise.all(servers.replicas.map(async (one) => `${one.name} ${await appliedBy(one)}`));
    return `${chosen.name}; ${all.join(', ')}`;
  });
  const before = await scene.fingerprint(chosen);
  const others = servers.replicas.filter((one) => one !== chosen);
  await steps.step('it is promoted, the other one follows it', async () => {
    await promote(chosen);
    for (const other of others) await follow(other, chosen);
    scene.appoint(chosen, others);
    await servers.sync();
    same(before, await scene.fingerprint(chosen), 'before and after the promotion');
    for (const other of others)
      same(before, await scene.fingerprint(other), `${chosen.name} and ${other.name}`);
    return 'nothing that it had is lost';
  });
  await steps.step('the API is pointed at it, one process after the other', async () => {
    // What was written and lost is still remembered as the truth.
    await redis.command('FLUSHALL');
    await scene.api.roll(scene.stack, database);
    await watch.settle(chosen);
    await watch.acks(5);
    return `writes are acknowledged again; ${watch.verdict()}`;
  });
  // It comes back into the books with its rebuild.
  servers.state.maria.push(dead.state);
  return chosen;
}

async function asynchronous(scene: Scene, steps: Steps): Promise<void> {
  const { api, servers, database } = scene;
  const dead = servers.primary;
  const [ahead, behind] = servers.replicas as [MariaServer, MariaServer];
  const [slug = '', name = ''] =
    (await dead.sql(`SELECT slug, name FROM ${database}.products ${LAST}`))[0] ?? [];
  const path = `/api/products/${encodeURIComponent(slug)}`;
  const nameSeen = async () => (await api.request(path)).json<{ name: string }>().name;
  const watch = await Watch.start(api, dead, database);
  try {
    await steps.step('asynchronous: light load, then one replica falls behind', async () => {
      await watch.acks(10);
      await behind.stopReplication();
      await watch.acks(10);
      await watch.rest();
      await servers.primary.sql('FLUSH BINARY LOGS');
      return `${watch.acknowledged} writes acknowledged`;
    });
    await steps.step('one write that no replica receives, then the primary dies', async () => {
      const position = (await dead.sql('SELECT @@gtid_binlog_pos'))[0]?.[0] ?? '';
      want(
        (await ahead.sql(`SELECT MASTER_GTID_WAIT('${position}', 30)`))[0]?.[0] === '0',
        `${ahead.name} lags`,
      );
      await ahead.stopReplication();
      const headers = { authorization: await bearer('admin') };
      const answer = await api.request(path, {
        method: 'PATCH',
        body: { name: 'Never replicated' },
        headers,
      });
      want(answer.status === 200, `the write was answered ${answer.status}`);
      want((await nameSeen()) === 'Never replicated', 'the write cannot be seen');
      await dead.kill();
      return 'acknowledged, and on the dead primary only';
    });
    const chosen = await failOver(scene, watch, steps);
    await steps.step('what asynchronous replication has lost is known', async () => {
      want(chosen === ahead, `${chosen.name} was chosen, which had less`);
      const missing = await watch.missingOn(chosen);
      want(missing.length === 0, `lost although ${chosen.name} had them: ${missing.join(', ')}`);
      want((await nameSeen()) === name, 'the API shows a write that is lost');
      await dead.start();
      const gtids = await errant(dead, chosen);
      want(gtids !== undefined, 'the old primary has nothing of its own');
      return `the old primary alone has up to ${gtids}; the API shows what is there`;
    });
    await steps.step('the old primary is rebuilt as a replica', async () => {
      const rest = servers.replicas;
      await scene.rebuild(dead);
      scene.appoint(chosen, [...rest, dead]);
      await servers.sync();
      await scene.api.roll(scene.stack, database);
      await watch.acks(5);
      await watch.stop();
      return watch.verdict();
    });
  } finally {
    await watch.stop();
  }
}

async function semiSynchronous(scene: Scene, steps: Steps): Promise<void> {
  const { servers, database, api } = scene;
  const dead = servers.primary;
  const watch = await Watch.start(api, dead, database);
  try {
    await steps.step('semi-synchronous: the primary dies while it is written', async () => {
      await makeSemiSynchronous(dead, servers.replicas);
      await watch.acks(20);
      await dead.kill();
      return `${watch.acknowledged} writes acknowledged`;
    });
    const chosen = await mostAdvanced(servers.replicas);
    await steps.step('no acknowledged write is lost', async () => {
      const missing = await watch.missingOn(chosen);
      want(missing.length === 0, `${missing.length} lost: ${missing.join(', ')}`);
      return `every one is on ${chosen.name}`;
    });
    const promoted = await failOver(scene, watch, steps);
    await steps.step('the old primary is rebuilt as a replica again', async () => {
      const rest = servers.replicas;
      await scene.rebuild(dead);
      scene.appoint(promoted, [...rest, dead]);
      await servers.sync();
      await watch.stop();
      return watch.verdict();
    });
  } finally {
    await watch.stop();
  }
}

export const promoteReplica: Drill = {
  name: 'promote-replica',
  about: 'the primary dies under load and a replica takes its place: asynchronous, then semi-synchronous',
  page: 'promote-replica.md',
  play: async (scene, steps) => {
    await asynchronous(scene, steps);
    await semiSynchronous(scene, steps);
  },
};
