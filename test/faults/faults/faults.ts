import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../support/fleet/cluster';
import type { World } from './world';

/** Something that breaks, and is mended. */
export interface Fault {
  readonly name: string;
  /** Whether the smoke run has it: it is over soon. */
  readonly quick?: boolean;
  inject(world: World): Promise<void> | void;
  mend(world: World): Promise<void> | void;
}

const nothing = (): void => undefined;
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
    inject: (world) => Promise.all([replica(world, 0).kill(), replica(world, 1).kill()]).then(nothing),
    mend: (world) => Promise.all([replica(world, 0).start(), replica(world, 1).start()]).then(nothing),
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
    mend: nothing,
  },
  {
    name: 'Redis frozen',
    inject: (world) => redis(world).pause(),
    mend: (world) => redis(world).resume(),
  },
  {
    name: 'the primary killed, then there again',
    inject: ({ servers }) => servers.primary.kill(),
    mend: ({ servers }) => servers.primary.start(),
  },
  {
    name: 'the primary frozen',
    quick: true,
    inject: ({ servers }) => servers.primary.pause(),
    mend: ({ servers }) => servers.primary.resume(),
  },
  {
    name: 'the network to the primary cut',
    inject: ({ cluster }) => cluster.links.primary.cut(),
    mend: ({ cluster }) => cluster.links.primary.mend(),
  },
  { name: 'a worker killed', quick: true, inject: killWorker, mend: nothing },
  {
    name: 'a rolling restart',
    inject: ({ cluster }) => cluster.rollingRestart(),
    mend: nothing,
  },
  {
    name: 'every query 200 ms slower',
    inject: ({ cluster }) => each(cluster, 200),
    mend: ({ cluster }) => each(cluster, 0),
  },
  {
    name: 'workers started while the primary is down',
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
