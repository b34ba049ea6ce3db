import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../support/fleet/cluster';
import type { World } from './world';

/** Something that breaks, and is mended. */
export interface Fault {
  readonly name: string;
  /** Whether the smoke run has it: it is over soon. */
  readonly quick?: boolean;
  /** Nobody can prove what is newest until it is mended: every read has to say so. */
  readonly primaryDown?: boolean;
  inject(world: World): Promise<void> | void;
  /** Without it the system mends itself. */
  mend?(world: World): Promise<void> | void;
}

const replica = ({ servers }: World, index: number) => servers.replicas[index]!;
const redis = ({ servers }: World) => servers.redis!;

/** Kills a worker and waits until another serves in its place. */
async function killWorker({ cluster }: World): Promise<void> {
  const [victim] = cluster.workers();
  const before = cluster.served;
  process.kill(victim!, 'SIGKILL');
  while (cluster.served === before || isAlive(victim!)) await sleep(20);
}

export const faults: readonly Fault[] = [
  {
    name: 'a replica killed',
    quick: true,
    inject: (world) => replica(world, 0).kill(),
    mend: (world) => replica(world, 0).start(),
  },
  {
    name: 'both replicas killed',
    inject: async (world) => {
      await Promise.all([replica(world, 0).kill(), replica(world, 1).kill()]);
    },
    mend: async (world) => {
      // One after the other: starting a server takes a processor, and here they are the API's own.
      await replica(world, 0).start();
      await replica(world, 1).start();
    },
  },
  {
    name: 'an applier stopped',
    inject: (world) => replica(world, 0).stopApplier(),
    mend: (world) => replica(world, 0).startApplier(),
  },
  {
    name: 'a replica frozen',
    quick: true,
    inject: (world) => replica(world, 0).pause(),
    mend: (world) => replica(world, 0).resume(),
  },
  {
    name: 'the network to a replica cut',
    inject: ({ cluster }) => cluster.links.replicas[0]!.cut(),
    mend: ({ cluster }) => cluster.links.replicas[0]!.mend(),
  },
  {
    name: 'the network to a replica silent',
    inject: ({ cluster }) => cluster.links.replicas[0]!.hold(),
    mend: ({ cluster }) => cluster.links.replicas[0]!.mend(),
  },
  {
    name: 'Redis killed, then there again',
    inject: (world) => redis(world).kill(),
    mend: (world) => redis(world).start(),
  },
  {
    name: 'Redis restarted empty',
    quick: true,
    inject: (world) => redis(world).restart(),
  },
  {
    name: 'Redis frozen',
    inject: (world) => redis(world).pause(),
    mend: (world) => redis(world).resume(),
  },
  {
    name: 'the primary killed, then there again',
    quick: true,
    primaryDown: true,
    inject: ({ servers }) => servers.primary.kill(),
    mend: ({ servers }) => servers.primary.start(),
  },
  {
    name: 'the primary frozen',
    primaryDown: true,
    quick: true,
    inject: ({ servers }) => servers.primary.pause(),
    mend: ({ servers }) => servers.primary.resume(),
  },
  {
    name: 'the network to the primary cut',
    primaryDown: true,
    inject: ({ cluster }) => cluster.links.primary.cut(),
    mend: ({ cluster }) => cluster.links.primary.mend(),
  },
  { name: 'a worker killed', quick: true, inject: killWorker },
  {
    name: 'a rolling restart',
    inject: ({ cluster }) => cluster.rollingRestart(),
  },
  {
    name: 'every query 200 ms slower',
    inject: ({ cluster }) => each(cluster, 200),
    mend: ({ cluster }) => each(cluster, 0),
  },
  {
    name: 'workers started while the primary is down',
    primaryDown: true,
    inject: async (world) => {
      await world.servers.primary.kill();
      await killWorker(world);
      await killWorker(world);
    },
    mend: ({ servers }) => servers.primary.start(),
  },
];

function each({ links }: World['cluster'], ms: number): void {
  for (const link of [links.primary, ...links.replicas]) link.delay(ms);
}
