/** A master that holds slots, as one node of the cluster sees it. Only these have a vote in Redis Cluster. */
export interface Master {
  readonly id: string;
  /** `host:port`; the host is empty when the node that answered does not know its own. */
  readonly address: string;
  /** Rises with every failover and every move of slots to this master. */
  readonly epoch: number;
  readonly slots: readonly (readonly [first: number, last: number])[];
}

/** What one node answered to CLUSTER NODES. */
export interface View {
  /** Its id, when it is such a master itself. */
  readonly voter: string | undefined;
  readonly masters: readonly Master[];
}

/** Who holds a slot: the same master with another epoch may have lost it and got it back. */
export interface Owner extends Master {
  /** All masters that hold slots. */
  readonly masters: readonly Master[];
}

/**
 * @param text of CLUSTER NODES: `id ip:port@busport[,hostname] flags master ping pong epoch link slot…`, one node a line
 */
export function viewOf(text: string): View {
  const masters: Master[] = [];
  let voter: string | undefined;
  for (const line of text.split('\n')) {
    const [id = '', where = '', flags = '', , , , epoch = '', , ...ranges] = line.trim().split(' ');
    // (In brackets: slots that are on their way. They belong to their old owner until they have arrived.)
    const slots = ranges.filter((range) => /^\d/.test(range)).map(rangeOf);
    if (slots.length === 0 || !flags.split(',').includes('master')) continue;
    masters.push({ id, address: addressOf(where), epoch: Number(epoch), slots });
    if (flags.split(',').includes('myself')) voter = id;
  }
  return { voter, masters };
}

function rangeOf(text: string): readonly [number, number] {
  const [first = '', last = first] = text.split('-');
  return [Number(first), Number(last)];
}

function addressOf(text: string): string {
  const [ip = '', hostname = ''] = text.split(',');
  const address = ip.replace(/@\d+$/, '');
  const port = address.slice(address.lastIndexOf(':') + 1);
  const host = address.slice(0, address.lastIndexOf(':'));
  // Where names are announced they are what certificates are made out to.
  return `${hostname || (host.includes(':') ? `[${host}]` : host)}:${port}`;
}

/**
 * The owner of a slot on whom a majority of the voting masters agree. A node never returns to an owner with a smaller
 * epoch, and two majorities share a node: so once one has named the successor, none can name the predecessor again.
 *
 * @param views at most one of each node
 * @param voters how many masters there are at least. (More when a view shows more: a node that was made to forget the
 *   others would be a majority by itself.)
 */
export function ownerOf(slot: number, views: Iterable<View>, voters = 1): Owner | undefined {
  const all = [...views];
  const most = Math.max(voters, ...all.map(({ masters }) => masters.length));
  const votes = new Map<string, View[]>();
  for (const view of all) {
    const master = view.masters.find(({ slots }) =>
      slots.some(([first, last]) => first <= slot && slot <= last),
    );
    if (view.voter === undefined || !master) continue;
    const tenure = tenureOf(master);
    const agreeing = [...(votes.get(tenure) ?? []), view];
    votes.set(tenure, agreeing);
    // One that has forgotten the others may agree, but is not to say who they are.
    if (agreeing.length * 2 > most) return { ...master, masters: longest(agreeing) };
  }
  return undefined;
}

const longest = (views: readonly View[]): readonly Master[] =>
  views.map(({ masters }) => masters).reduce((a, b) => (b.length > a.length ? b : a));

export const tenureOf = ({ id, epoch }: Master): string => `${id}@${epoch}`;
