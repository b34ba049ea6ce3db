import { withTimeLimit } from '../../time-limit';
import { type RedisTopology, type Seat, SeatLost } from '../topology';
import { ClusterNode } from './node';
import { hashTagOf, slotOf } from './slot';
import { type Owner, ownerOf, tenureOf, type View } from './view';

export interface ClusterOptions {
  /** URLs of some nodes; the others are learned from them. User, password and TLS of the first count for all. */
  readonly nodes: readonly string[];
  /** Whose data it is: one shop's keys lie in one slot, several shops are spread. */
  readonly namespace: string;
  /** For one answer, ms. */
  readonly limitMs: number;
  readonly connectTimeoutMs: number;
}

/** Masters that have not agreed for so long may all be gone, and others in their place: then the configured nodes count, ms. */
const REMEMBERED_MS = 30_000;

/**
 * A Redis Cluster, used as one server: the master of our slot. Who that is says a majority of the masters, and never a
 * single node: one that was cut off believes itself to be the master long after another was elected.
 */
export class ClusterTopology implements RedisTopology {
  private readonly slot: number;
  private readonly keyPrefix: string;
  private readonly nodes = new Map<string, ClusterNode>();
  /** URLs of the masters as they were last agreed on: asked first, and known when every configured node is gone. */
  private masters: readonly string[] = [];
  /** When that was, monotonic ms. */
  private agreedAt = -Infinity;
  private closed = false;

  constructor(private readonly options: ClusterOptions) {
    const tag = hashTagOf(options.namespace);
    this.slot = slotOf(tag);
    this.keyPrefix = `{${tag}}`;
  }

  async find(): Promise<Seat> {
    // Whoever answers first may have forgotten the others: all are heard. (Some have to be connected before.)
    const { limitMs, connectTimeoutMs, nodes } = this.options;
    const owner = await this.ask([...nodes, ...this.masters], {
      limitMs: 2 * connectTimeoutMs,
      hearMs: limitMs,
    });
    this.learn(owner);
    return { url: this.urlOf(owner.address), tenure: tenureOf(owner), keyPrefix: this.keyPrefix };
  }

  confirm = async (seat: Seat): Promise<void> => {
    const owner = await this.ask(this.masters, { limitMs: this.options.limitMs, hearMs: 0 });
    if (tenureOf(owner) !== seat.tenure) throw new SeatLost('another master holds our slot now');
    this.learn(owner);
  };

  close(): Promise<void> {
    this.closed = true;
    for (const node of this.nodes.values()) node.close();
    this.nodes.clear();
    return Promise.resolve();
  }

  /**
   * Asks these nodes and all masters that they name, until a majority agrees. @throws when none does
   *
   * @param limits hearMs: how long the others are heard after that
   */
  private ask(
    first: readonly string[],
    { limitMs, hearMs }: { limitMs: number; hearMs: number },
  ): Promise<Owner> {
    const views = new Map<string, View>();
    const asked = new Set<string>();
    const heard = new Set<string>();
    // While it is asked for, a majority is one of those that were agreed on last.
    const voters = hearMs === 0 ? this.masters.length : 1;
    const owner = () => (this.areEnough(heard) ? ownerOf(this.slot, views.values(), voters) : undefined);
    let open = 0;
    let reason = 'none of its nodes is known';
    let hearing: NodeJS.Timeout | undefined;
    const found = new Promise<Owner>((resolve, reject) => {
      const end = () => {
        clearTimeout(hearing);
        const agreed = owner();
        if (agreed) resolve(agreed);
        else reject(new Error(`Redis Cluster: ${reason}`));
      };
      const look = async (url: string): Promise<void> => {
        const view = named(await this.node(url).view(this.options.limitMs), url);
        heard.add(url);
        if (view.voter !== undefined) views.set(view.voter, view);
        for (const { address } of view.masters) begin(this.urlOf(address));
        if (!this.areEnough(heard)) reason = 'too few of its masters answer';
        else if (!owner()) reason = 'no majority of its masters agrees who holds our slot';
        else if (hearMs === 0) end();
        else hearing ??= setTimeout(end, hearMs);
      };
      const begin = (url: string): void => {
        if (asked.has(url)) return;
        asked.add(url);
        open += 1;
        look(url)
          .catch((error: Error) => (reason = error.message))
          .finally(() => {
            open -= 1;
            if (open === 0) end();
          });
      };
      for (const url of first) begin(url);
      if (first.length === 0) end();
    });
    return withTimeLimit(found, limitMs, () => new Error(`Redis Cluster: ${reason} within ${limitMs} ms`));
  }

  /**
   * Whether those that have answered can speak for the cluster. How many masters there are only its nodes can say, and a
   * master that has forgotten the others says one: it would be a majority by itself whenever the others are silent for a
   * moment. So most of the masters that were agreed on last have to be heard, whatever they are by now.
   */
  private areEnough(heard: ReadonlySet<string>): boolean {
    const count = (urls: readonly string[]) => urls.filter((url) => heard.has(url)).length;
    if (2 * count(this.masters) > this.masters.length) return true;
    const { nodes } = this.options;
    // (Half: a process that starts beside a dead one of two is to have a cache.)
    return performance.now() - this.agreedAt > REMEMBERED_MS && 2 * count(nodes) >= nodes.length;
  }

  /** Connections to nodes that are no masters any more are closed. */
  private learn({ masters }: Owner): void {
    this.agreedAt = performance.now();
    this.masters = masters.map(({ address }) => this.urlOf(address));
    for (const [url, node] of this.nodes) {
      if (this.masters.includes(url)) continue;
      node.close();
      this.nodes.delete(url);
    }
  }

  private node(url: string): ClusterNode {
    if (this.closed) throw new Error('stopped');
    let node = this.nodes.get(url);
    if (!node) this.nodes.set(url, (node = new ClusterNode(url, this.options.connectTimeoutMs)));
    return node;
  }

  /** With user, password and TLS as the configuration has them. */
  private urlOf(address: string): string {
    const [first = ''] = this.options.nodes;
    const { protocol, username, password } = new URL(first);
    const user = username || password ? `${username}${password && `:${password}`}@` : '';
    return `${protocol}//${user}${address}`;
  }
}

/** A node that was never told its own address names itself by its port: it is where it was asked. */
function named(view: View, url: string): View {
  const { hostname } = new URL(url);
  const masters = view.masters.map((one) =>
    one.address.startsWith(':') ? { ...one, address: hostname + one.address } : one,
  );
  return { ...view, masters };
}
