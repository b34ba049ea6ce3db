import { setTimeout as sleep } from 'node:timers/promises';
import { statement } from '../../support/fleet/tcp-proxy';
import { Session } from '../lab/session';
import { rename } from '../lab/writes';
import { detailOf } from '../shop/questions';
import { needsDatabase, needsRedis, needsRedisLink, node, promiseTime, type Race, take } from './race';

/** R3: the writer cannot publish, because Redis is gone for it alone. */
export const writerWithoutRedis: Race = {
  name: 'a writer that is cut off from Redis',
  impossible: needsRedisLink,
  play: async (lab) => {
    const product = take(lab, 'plain');
    const writer = node(lab, 0);
    const session = new Session();
    for (const one of lab.fleet.nodes) await lab.read(one, detailOf(product));
    writer.links.redis.cut();
    await lab.write(writer, await rename(lab.truth, product), session);
    // Its own token is good at once, everywhere.
    for (const one of lab.fleet.nodes) await lab.read(one, detailOf(product), { session });
    await promiseTime();
    for (const one of lab.fleet.nodes) await lab.read(one, detailOf(product));
    writer.links.redis.mend();
    product.busy = false;
  },
};

/** The newer token must not forget that the older write was not published. */
export const twoWritesOneToken: Race = {
  name: 'a write without Redis, then one with it, one token',
  impossible: needsRedisLink,
  play: async (lab) => {
    const [first, second] = [take(lab, 'plain'), take(lab, 'plain')];
    const session = new Session();
    const [cutOff, other] = [node(lab, 0), node(lab, 1)];
    await lab.read(other, detailOf(first));
    cutOff.links.redis.cut();
    await lab.write(cutOff, await rename(lab.truth, first), session);
    await lab.write(other, await rename(lab.truth, second), session);
    await lab.read(other, detailOf(first), { session });
    await lab.read(other, detailOf(second), { session });
    cutOff.links.redis.mend();
    first.busy = false;
    second.busy = false;
  },
};

/** R3: the writer dies between its COMMIT and its publication. */
export const killedWriter: Race = {
  name: 'a writer killed between commit and publication',
  play: async (lab) => {
    const product = take(lab, 'plain');
    const writer = node(lab, 0);
    for (const one of lab.fleet.nodes) await lab.read(one, detailOf(product));
    const trap = writer.links.primary.trap(statement('COMMIT'), 'reply');
    const writing = lab.write(writer, await rename(lab.truth, product));
    await trap.caught;
    await writer.kill();
    trap.release();
    if (!(await writing)) throw new Error('The write was to be killed after its COMMIT, and is not there');
    await promiseTime();
    for (const one of lab.fleet.nodes.slice(1)) await lab.read(one, detailOf(product));
    await writer.start();
    await lab.read(writer, detailOf(product));
    product.busy = false;
  },
};

/** A gate that reopens: another process has published meanwhile what this one never saw. */
export const reopenedGates: Race = {
  name: 'an unpublished write, and a primary that comes back',
  impossible: (lab) => needsDatabase(lab) ?? needsRedisLink(lab),
  play: async (lab) => {
    const { primary } = lab.stack.database!;
    const product = take(lab, 'plain');
    const [writer, ...others] = lab.fleet.nodes;
    for (const one of others) await lab.read(one, detailOf(product));
    writer!.links.redis.cut();
    await lab.write(writer!, await rename(lab.truth, product));
    const back = lab.truth.outage();
    primary.pause();
    const end = performance.now() + 1_300;
    while (performance.now() < end) await Promise.all(others.map((one) => lab.read(one, detailOf(product))));
    primary.resume();
    back();
    const until = performance.now() + 400;
    while (performance.now() < until) {
      await Promise.all(others.map((one) => lab.read(one, detailOf(product))));
      await sleep(1);
    }
    writer!.links.redis.mend();
    product.busy = false;
  },
};

/** R3: Redis comes back with what it knew before the write. */
export const oldSnapshot: Race = {
  name: 'Redis restarted from an old snapshot',
  impossible: needsRedis,
  play: async (lab) => {
    const redis = lab.stack.redis!;
    const product = take(lab, 'plain');
    for (const one of lab.fleet.nodes) await lab.read(one, detailOf(product));
    await redis.snapshot();
    await lab.write(node(lab, 0), await rename(lab.truth, product));
    await redis.restart({ from: 'snapshot' });
    await promiseTime();
    // Until every process has found it again.
    const end = performance.now() + 1_500;
    while (performance.now() < end) {
      for (const one of lab.fleet.nodes) await lab.read(one, detailOf(product));
      await sleep(25);
    }
    product.busy = false;
  },
};

/** A process that stands still while it fills the cache, and goes on when the world has changed. */
export const pausedFiller: Race = {
  name: 'a process stopped in mid-fill',
  play: async (lab) => {
    const product = take(lab, 'plain');
    const filler = node(lab, 1);
    const traps = [filler.links.primary, ...filler.links.replicas].map((link) =>
      link.trap(new RegExp(`p\\.slug = '${product.slug.latest}'`), 'reply'),
    );
    await lab.write(node(lab, 0), await rename(lab.truth, product));
    await sleep(450);
    const loading = lab.read(filler, detailOf(product));
    await Promise.race([...traps.map(({ caught }) => caught), loading]);
    filler.pause();
    for (const trap of traps) trap.release();
    await lab.write(node(lab, 0), await rename(lab.truth, product));
    await promiseTime();
    filler.resume();
    await loading;
    for (const one of lab.fleet.nodes) await lab.read(one, detailOf(product));
    product.busy = false;
  },
};
