import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiNode } from '../../support/fleet/node';
import type { Lab } from '../lab/lab';
import { Session } from '../lab/session';
import { rename } from '../lab/writes';
import { detailOf } from '../shop/questions';
import { needsRedisCluster, node, promiseTime, type Race, take } from './race';

/** The hash tag of the lab's shop. */
export const hashTag = (lab: Lab): string => `prior:${lab.fleet.database}`;

/** R3: a replica becomes the master, and lacks the invalidation that the former master had acknowledged. */
export const promotedReplica: Race = {
  name: 'a promoted Redis replica that missed the write',
  impossible: needsRedisCluster,
  play: async (lab) => {
    const cluster = lab.stack.redisCluster!;
    const product = take(lab, 'plain');
    for (const one of lab.fleet.nodes) await lab.read(one, detailOf(product));
    await cluster.failOver(hashTag(lab), async () => {
      await lab.write(node(lab, 0), await rename(lab.truth, product));
    });
    await promiseTime();
    await readFor(lab, 2_500, () =>
      Promise.all(lab.fleet.nodes.map((one) => lab.read(one, detailOf(product)))),
    );
    await cluster.mend();
    product.busy = false;
  },
};

/** A master that was deposed and does not know it goes on answering whoever still asks it. */
export const deposedMaster: Race = {
  name: 'a Redis master that does not know that it was deposed',
  impossible: needsRedisCluster,
  play: async (lab) => {
    const cluster = lab.stack.redisCluster!;
    const product = take(lab, 'plain');
    const session = new Session();
    const readAll = () => Promise.all(lab.fleet.nodes.map((one) => lab.read(one, detailOf(product))));
    await readAll();
    const deposed = await cluster.depose(hashTag(lab));
    const writeBy = async (writers: readonly ApiNode[], times: number) => {
      for (let i = 0; i < times; i += 1) {
        await lab.write(writers[i % writers.length]!, await rename(lab.truth, product), session);
        await Promise.all(lab.fleet.nodes.map((one) => lab.read(one, detailOf(product), { session })));
        await sleep(200);
      }
    };
    // Some have noticed and some have not.
    await Promise.all([writeBy(lab.fleet.nodes, 5), readFor(lab, 2_000, readAll)]);
    // One that finds the new master by itself; the others may have had nothing to notice it by.
    const newcomer = node(lab, 0);
    await newcomer.kill();
    await newcomer.start();
    await Promise.all([writeBy([newcomer], 5), readFor(lab, 2_000, readAll)]);
    await promiseTime();
    await readAll();
    await deposed.restart();
    await cluster.readmit(deposed);
    await cluster.mend();
    product.busy = false;
  },
};

async function readFor(lab: Lab, ms: number, read: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    await read();
    await sleep(lab.random.integer(20));
  }
}
