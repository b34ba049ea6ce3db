import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { freePorts } from '../../scripts/lib/ports.js';
import { describe as describeProcess } from '../../scripts/lib/proc.js';
import { Servers } from '../../scripts/lib/servers.js';
import { makeTestDir } from '../../scripts/lib/test-servers.js';

export type RedisServer = NonNullable<Servers['redis']>;

const MASTERS = 3;
const SLOTS = 16_384;
/** A master that is silent for so long is voted out, ms. */
const NODE_TIMEOUT_MS = 1_000;
const PATIENCE_MS = 30_000;

/** One line of CLUSTER NODES. */
interface Line {
  readonly id: string;
  readonly port: number;
  readonly flags: readonly string[];
  readonly masterId: string;
  readonly linked: boolean;
  readonly slots: readonly string[];
}

/** A Redis Cluster on loopback: three masters with one replica each, every one of which may be killed. */
export class RedisCluster {
  readonly nodes: readonly RedisServer[];
  private readonly slots = new Map<string, number>();

  private constructor(private readonly servers: readonly Servers[]) {
    this.nodes = servers.map(({ redis }) => redis!);
  }

  static async start(): Promise<RedisCluster> {
    const ports = await freePorts(4 * MASTERS);
    const nodes = Array.from({ length: 2 * MASTERS }, (_, i) => {
      const dir = makeTestDir();
      const config = [
        'cluster-enabled yes',
        `cluster-port ${ports[2 * i + 1]}`,
        `cluster-node-timeout ${NODE_TIMEOUT_MS}`,
        // However long a replica was cut off, it is better than none: what it lacks must not matter to us.
        'cluster-replica-validity-factor 0',
        'repl-diskless-sync-delay 0',
      ];
      // Written down as every test's servers are: those of a run that was killed are swept away by the next.
      const owner = describeProcess(process.pid);
      return new Servers({ dir, maria: [], redis: { dir, port: ports[2 * i]!, config }, owner });
    });
    const cluster = new RedisCluster(nodes);
    try {
      await Promise.all(cluster.nodes.map((node) => node.start()));
      await cluster.form(ports.filter((_, i) => i % 2 === 1));
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** For REDIS_URL: not all of them, and one of them a replica. */
  get url(): string {
    return [this.nodes[0]!, this.nodes[1]!, this.nodes[MASTERS + 2]!].map(({ url }) => url).join(',');
  }

  /** The master of a hash tag's slot, by the word of the nodes that live. */
  async masterOf(hashTag: string): Promise<RedisServer> {
    return (await this.seatOf(hashTag)).master;
  }

  async replicaOf(hashTag: string): Promise<RedisServer> {
    const { replica } = await this.seatOf(hashTag);
    if (!replica) throw new Error('the master has no replica');
    return replica;
  }

  /**
   * Deposes the slot's master without its knowledge: it has forgotten the others, hears nobody whom it does not know,
   * and goes on serving. The worst side of a network partition that one machine can have.
   *
   * @returns the deposed one
   */
  async depose(hashTag: string): Promise<RedisServer> {
    const { master, replica } = await this.seatOf(hashTag);
    if (!replica) throw new Error('the master has no replica');
    await this.forgetOthers(master);
    await replica.command('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await this.until(
      'the replica has taken over',
      async () => (await this.seatOf(hashTag)).master === replica,
    );
    return master;
  }

  /**
   * All that anybody can reach of the cluster, while `meanwhile` runs, is the slot's master, which has forgotten the
   * others: the smallest minority that there can be.
   */
  async leaveAlone(hashTag: string, meanwhile: () => Promise<unknown>): Promise<void> {
    const { master } = await this.seatOf(hashTag);
    const others = this.nodes.filter((node) => node !== master);
    await this.forgetOthers(master);
    for (const other of others) other.pause();
    try {
      await meanwhile();
    } finally {
      for (const other of others) other.resume();
    }
    await this.readmit(master);
    await this.mend();
  }

  /** It hears nobody from then on, and goes on serving. */
  private async forgetOthers(node: RedisServer): Promise<void> {
    await node.command('CONFIG', 'SET', 'cluster-require-full-coverage', 'no');
    for (const { id, flags } of await lines(node))
      if (!flags.includes('myself')) await node.command('CLUSTER', 'FORGET', id);
  }

  /** Introduces a node that has forgotten the others. */
  async readmit(node: RedisServer): Promise<void> {
    for (const other of this.nodes)
      if (other !== node)
        await node
          .command('CLUSTER', 'MEET', other.host, String(other.port), this.busPortOf(other))
          .catch(() => undefined);
  }

  /**
   * Takes the slot's master away after its replica missed whatever comes meanwhile, as a replica behind a slow network
   * does, and waits for the replica's promotion.
   *
   * @param meanwhile done by the master alone
   * @param how silent: it is stopped, and goes on after the election as if nothing had happened
   */
  async failOver(
    hashTag: string,
    meanwhile: () => Promise<unknown>,
    how: 'killed' | 'silent' = 'killed',
  ): Promise<void> {
    const { master, replica } = await this.seatOf(hashTag);
    if (!replica) throw new Error('the master has no replica');
    replica.pause();
    // What was sent to it already lies in its socket; what comes from now on does not.
    await master.command('CLIENT', 'KILL', 'TYPE', 'replica');
    try {
      await meanwhile();
    } finally {
      if (how === 'killed') await master.kill();
      else master.pause();
      replica.resume();
    }
    await this.until('the replica is promoted', async () => (await this.seatOf(hashTag)).master === replica);
    if (how === 'silent') master.resume();
  }

  /** Starts whoever was killed, and waits until every master has its replica again. */
  async mend(): Promise<void> {
    for (const node of this.nodes) {
      node.resume();
      await node.start();
    }
    await this.until('the cluster is whole', async () => {
      const views = await Promise.all(this.nodes.map((node) => lines(node)));
      return views.every(
        (view) =>
          view.filter(({ flags, slots }) => flags.includes('master') && slots.length > 0).length ===
            MASTERS &&
          view.filter(({ flags }) => flags.includes('slave')).length === MASTERS &&
          view.every(({ flags, linked }) => linked && !flags.some((flag) => flag.startsWith('fail'))),
      );
    });
    await this.until('it serves', async () => {
      const infos = await Promise.all(this.nodes.map((node) => ask(node, 'CLUSTER', 'INFO')));
      return infos.every((info) => info.includes('cluster_state:ok'));
    });
    await this.until('the replicas replicate', async () => {
      const infos = await Promise.all(this.nodes.map((node) => ask(node, 'INFO', 'replication')));
      return infos.every((info) => info.includes('role:master') || info.includes('master_link_status:up'));
    });
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) node.resume();
    await Promise.all(this.servers.map((one) => one.stop({ discard: true })));
  }

  private async form(busPorts: readonly number[]): Promise<void> {
    const [first, ...others] = this.nodes;
    for (const [i, node] of this.nodes.entries())
      await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1));
    for (const [i, node] of others.entries())
      await first!.command('CLUSTER', 'MEET', node.host, String(node.port), String(busPorts[i + 1]));
    await this.until('everybody knows everybody', async () => {
      const views = await Promise.all(this.nodes.map((node) => lines(node)));
      return views.every(
        (view) => view.filter(({ flags }) => !flags.includes('handshake')).length === 2 * MASTERS,
      );
    });
    const share = Math.ceil(SLOTS / MASTERS);
    for (let i = 0; i < MASTERS; i += 1) {
      const [from, to] = [i * share, Math.min(SLOTS, (i + 1) * share) - 1];
      await this.nodes[i]!.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      const id = await this.nodes[i]!.command('CLUSTER', 'MYID');
      await this.until('the replica is taken', () =>
        this.nodes[MASTERS + i]!.command('CLUSTER', 'REPLICATE', id).then(
          () => true,
          () => false,
        ),
      );
    }
    await this.mend();
  }

  private async seatOf(hashTag: string): Promise<{ master: RedisServer; replica: RedisServer | undefined }> {
    const slot =
      this.slots.get(hashTag) ?? Number(await this.nodes[0]!.command('CLUSTER', 'KEYSLOT', hashTag));
    this.slots.set(hashTag, slot);
    const votes = new Map<string, { master: RedisServer; replica: RedisServer | undefined; count: number }>();
    const views = await Promise.all(this.nodes.map((node) => lines(node).catch(() => [])));
    for (const view of views) {
      const master = view.find(({ slots }) => slots.some((range) => within(range, slot)));
      if (!master) continue;
      const replica = view.find(({ masterId }) => masterId === master.id);
      const count = (votes.get(master.id)?.count ?? 0) + 1;
      votes.set(master.id, { master: this.at(master.port)!, replica: this.at(replica?.port), count });
    }
    const [most] = [...votes.values()].sort((a, b) => b.count - a.count);
    if (!most) throw new Error('no node knows who holds the slot');
    return most;
  }

  private busPortOf(node: RedisServer): string {
    const line = node.state.config?.find((one) => one.startsWith('cluster-port '));
    return line?.slice('cluster-port '.length) ?? '';
  }

  private at(port: number | undefined): RedisServer | undefined {
    return this.nodes.find((node) => node.port === port);
  }

  private async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!(await holds().catch(() => false))) {
      if (performance.now() > end) throw new Error(`Redis Cluster: not in ${PATIENCE_MS} ms: ${what}`);
      await sleep(50);
    }
  }
}

const within = (range: string, slot: number): boolean => {
  const [first = '', last = first] = range.split('-');
  return Number(first) <= slot && slot <= Number(last);
};

/** An answer of several lines. @throws when it takes longer than a second: the node may be stopped */
async function ask(node: RedisServer, ...words: string[]): Promise<string> {
  const client = createClient({ url: node.url, socket: { reconnectStrategy: false, connectTimeout: 1_000 } });
  client.on('error', () => undefined);
  const late = new AbortController();
  try {
    const work = client.connect().then(() => client.sendCommand<string>(words));
    work.catch(() => undefined);
    const limit = sleep(1_000, undefined, { signal: late.signal }).then(() => {
      throw new Error(`${node.port} is silent`);
    });
    limit.catch(() => undefined);
    return await Promise.race([work, limit]);
  } finally {
    late.abort();
    if (client.isOpen) await client.disconnect().catch(() => undefined);
  }
}

async function lines(node: RedisServer): Promise<Line[]> {
  if (!node.isAlive()) throw new Error(`${node.port} is dead`);
  const text = await ask(node, 'CLUSTER', 'NODES');
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', where = '', flags = '', masterId = '', , , , link, ...slots] = line.split(' ');
      const port = Number(/:(\d+)@/.exec(where)?.[1]);
      return { id, port, flags: flags.split(','), masterId, linked: link === 'connected', slots };
    });
}
