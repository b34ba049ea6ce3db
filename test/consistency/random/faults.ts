import { setTimeout as sleep } from 'node:timers/promises';
import { statement } from '../../support/fleet/tcp-proxy';
import type { Lab } from '../lab/lab';
import { needsDatabase, needsRedis, needsRedisCluster, needsRedisLink, needsReplicas } from '../races/race';
import { hashTag } from '../races/redis-cluster';

/** Something that goes wrong for a while, and is mended by its own end. */
export interface Fault {
  readonly name: string;
  /** What it breaks: two faults of one part do not overlap. */
  readonly part: 'replicas' | 'redis' | 'process' | 'primary';
  readonly weight: number;
  impossible?(lab: Lab): string | undefined;
  inject(lab: Lab): Promise<void>;
}

const replicaDelayed: Fault = {
  name: 'a replica delayed by 5 s',
  part: 'replicas',
  weight: 2,
  impossible: needsDatabase,
  inject: async (lab) => {
    const replica = lab.random.pick(lab.stack.database!.replicas);
    await replica.setDelay(5);
    await sleep(6_000);
    await replica.setDelay(0);
  },
};

const applierStopped: Fault = {
  name: 'appliers stopped',
  part: 'replicas',
  weight: 3,
  impossible: needsDatabase,
  inject: async (lab) => {
    const replicas = lab.stack.database!.replicas.filter(() => lab.random.integer(3) > 0);
    await Promise.all(replicas.map((replica) => replica.stopApplier()));
    await sleep(300 + lab.random.integer(2_500));
    await Promise.all(replicas.map((replica) => replica.startApplier()));
  },
};

const redisRestarted: Fault = {
  name: 'Redis killed and restarted empty',
  part: 'redis',
  weight: 2,
  impossible: needsRedis,
  inject: async (lab) => {
    await lab.stack.redis!.kill();
    await sleep(lab.random.integer(1_500));
    await lab.stack.redis!.restart();
    await sleep(1_000);
  },
};

let snapshots = 0;

const redisFromSnapshot: Fault = {
  name: 'Redis restarted from an old snapshot',
  part: 'redis',
  weight: 2,
  impossible: needsRedis,
  inject: async (lab) => {
    // An old snapshot comes back several times, older each time.
    if (snapshots % 3 === 0) {
      await lab.stack.redis!.snapshot();
      await sleep(500 + lab.random.integer(2_000));
    }
    snapshots += 1;
    await lab.stack.redis!.restart({ from: 'snapshot' });
    await sleep(1_000);
  },
};

const redisCutForOne: Fault = {
  name: 'Redis cut off from one process',
  part: 'redis',
  weight: 3,
  impossible: needsRedisLink,
  inject: async (lab) => {
    const { redis } = lab.anyNode().links;
    redis.cut();
    await sleep(200 + lab.random.integer(2_500));
    redis.mend();
  },
};

const redisSilent: Fault = {
  name: 'Redis silent for 300 ms',
  part: 'redis',
  weight: 3,
  impossible: needsRedisLink,
  inject: async (lab) => {
    const some = lab.fleet.nodes.filter(() => lab.random.integer(2) === 0);
    for (const { links } of some) links.redis.hold();
    await sleep(300);
    for (const { links } of some) links.redis.mend();
  },
};

const failedOver = (how: 'killed' | 'silent', name: string): Fault => ({
  name,
  part: 'redis',
  weight: 4,
  impossible: needsRedisCluster,
  inject: async (lab) => {
    const cluster = lab.stack.redisCluster!;
    // What is written meanwhile is lost with the master.
    await cluster.failOver(hashTag(lab), () => sleep(200 + lab.random.integer(1_500)), how);
    await sleep(lab.random.integer(1_500));
    await cluster.mend();
  },
});
const masterKilled = failedOver('killed', 'the master of our slot killed, a late replica promoted');
const masterSilent = failedOver('silent', 'the master of our slot silent until another is promoted');

const killedAfterCommit: Fault = {
  name: 'a process killed between commit and publication',
  part: 'process',
  weight: 2,
  inject: async (lab) => {
    const node = lab.anyNode();
    const trap = node.links.primary.trap(statement('COMMIT'), 'reply');
    const caught = await Promise.race([trap.caught.then(() => true), sleep(3_000).then(() => false)]);
    if (caught) await node.kill();
    trap.release();
    if (caught) await node.start();
  },
};

const stoppedInFill: Fault = {
  name: 'a process stopped (SIGSTOP) in mid-fill',
  part: 'process',
  weight: 2,
  inject: async (lab) => {
    const node = lab.anyNode();
    const traps = [node.links.primary, ...node.links.replicas].map((link) =>
      link.trap(/FROM products/, 'reply'),
    );
    await Promise.race([...traps.map(({ caught }) => caught), sleep(2_000)]);
    node.pause();
    for (const trap of traps) trap.release();
    await sleep(500 + lab.random.integer(2_000));
    node.resume();
  },
};

const slowLoads: Fault = {
  name: 'loads of one process that take 2 s',
  part: 'process',
  weight: 3,
  impossible: needsReplicas,
  inject: async (lab) => {
    const { links } = lab.anyNode();
    const traps = links.replicas.map((link) =>
      link.trap(/FROM products|FROM categories|FROM reviews/, 'reply', false),
    );
    await sleep(2_000);
    for (const trap of traps) trap.release();
  },
};

const primaryPaused: Fault = {
  name: 'the primary silent for a while',
  part: 'primary',
  weight: 1,
  impossible: needsDatabase,
  inject: async (lab) => {
    const over = lab.truth.outage();
    lab.stack.database!.primary.pause();
    await sleep(300 + lab.random.integer(1_700));
    lab.stack.database!.primary.resume();
    over();
    await sleep(3_000);
  },
};

const primaryKilled: Fault = {
  name: 'the primary killed and restarted',
  part: 'primary',
  weight: 1,
  impossible: needsDatabase,
  inject: async (lab) => {
    const over = lab.truth.outage();
    await lab.stack.database!.primary.kill();
    await sleep(lab.random.integer(1_000));
    await lab.stack.database!.primary.start();
    over();
    await sleep(4_000);
  },
};

const primaryCutForOne: Fault = {
  name: 'the primary cut off from one process',
  part: 'primary',
  weight: 1,
  inject: async (lab) => {
    const over = lab.truth.outage();
    const { primary } = lab.anyNode().links;
    primary.cut();
    await sleep(300 + lab.random.integer(1_500));
    primary.mend();
    over();
    await sleep(2_000);
  },
};

export const faults: readonly Fault[] = [
  replicaDelayed,
  applierStopped,
  redisRestarted,
  redisFromSnapshot,
  redisCutForOne,
  redisSilent,
  masterKilled,
  masterSilent,
  killedAfterCommit,
  stoppedInFill,
  slowLoads,
  primaryPaused,
  primaryKilled,
  primaryCutForOne,
];
