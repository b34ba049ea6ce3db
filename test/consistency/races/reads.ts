import { setTimeout as sleep } from 'node:timers/promises';
import { statement } from '../../support/fleet/tcp-proxy';
import { move, rename } from '../lab/writes';
import { detailOf, listOf } from '../shop/questions';
import { needsDatabase, needsReplicas, node, promiseTime, type Race, take } from './race';

/** Nothing but a write and a read: whoever does not look at versions fails here. */
export const plainWrite: Race = {
  name: 'a write, and a reader with a full cache',
  play: async (lab) => {
    const product = take(lab, 'plain');
    await lab.read(node(lab, 1), detailOf(product));
    await lab.write(node(lab, 0), await rename(lab.truth, product));
    await promiseTime();
    await lab.read(node(lab, 1), detailOf(product));
    product.busy = false;
  },
};

/** R2: the replicas have not applied the write that the reader's versions already know. */
export const laggingReplicas: Race = {
  name: 'a load from replicas that lag',
  impossible: needsDatabase,
  play: async (lab) => {
    const replicas = lab.stack.database!.replicas;
    const product = take(lab, 'plain');
    await Promise.all(replicas.map((replica) => replica.stopApplier()));
    await lab.write(node(lab, 0), await rename(lab.truth, product));
    for (const one of lab.fleet.nodes) await lab.read(one, detailOf(product));
    await Promise.all(replicas.map((replica) => replica.startApplier()));
    await promiseTime();
    for (const one of lab.fleet.nodes) await lab.read(one, detailOf(product));
    product.busy = false;
  },
};

/** R1: rows that were read before a write arrive at the cache after it. */
export const slowLoad: Race = {
  name: 'a slow load that ends after an invalidation',
  impossible: needsReplicas,
  play: async (lab) => {
    const product = take(lab, 'plain');
    const slow = node(lab, 1);
    const traps = [slow.links.primary, ...slow.links.replicas].map((link) =>
      link.trap(new RegExp(`p\\.slug = '${product.slug.latest}'`), 'reply'),
    );
    // The load starts from nothing.
    await lab.write(node(lab, 0), await rename(lab.truth, product));
    await sleep(450);
    const loading = lab.read(slow, detailOf(product));
    await Promise.race([...traps.map(({ caught }) => caught), loading]);
    await lab.write(node(lab, 0), await rename(lab.truth, product));
    for (const trap of traps) trap.release();
    await loading;
    await promiseTime();
    for (const one of lab.fleet.nodes) await lab.read(one, detailOf(product));
    product.busy = false;
  },
};

/** Two writers of one row: the second read the row before the first wrote it, so it does not know where it was. */
export const twoWriters: Race = {
  name: 'two writers move one product',
  play: async (lab) => {
    const product = take(lab, 'mover');
    const [from, via, to] = ['a', 'b', 'c'].map((slug) =>
      lab.shop.categories.find((one) => one.slug === slug)!,
    );
    if (product.place.latest !== from!.id)
      await lab.write(node(lab, 0), await move(lab.truth, product, from!));
    const second = node(lab, 1);
    const trap = second.links.primary.trap(statement('UPDATE `?products'), 'request');
    const body = { categoryId: to!.id };
    const { authorization, path, method } = await move(lab.truth, product, to!);
    const slow = second.request(path, { method, body, headers: { authorization } });
    const early = slow.then(({ status, body: text }) => {
      throw new Error(`The slow move was answered ${status} without a write: ${text}`);
    });
    await Promise.race([trap.caught, early]);
    early.catch(() => undefined);
    // With the row locked this one waits for the slow one, without it overtakes.
    const fast = lab.write(node(lab, 0), await move(lab.truth, product, via!)).then(() => 'done');
    const overtaken = (await Promise.race([fast, sleep(400)])) === 'done';
    for (const one of lab.fleet.nodes) await lab.read(one, listOf(via!));
    const sentAt = performance.now();
    if (overtaken) product.place.begin(to!.id, sentAt);
    trap.release();
    const answer = await slow;
    if (answer.status !== 200) throw new Error(`The slow move was answered ${answer.status}`);
    if (overtaken) product.place.ack(performance.now());
    await fast;
    await promiseTime();
    for (const one of lab.fleet.nodes) for (const list of [from, via, to]) await lab.read(one, listOf(list!));
    product.busy = false;
  },
};
