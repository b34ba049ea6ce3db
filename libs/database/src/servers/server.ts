/** One database server as the router sees it. */
export interface Server {
  readonly role: 'primary' | 'replica';
  /** host:port, as in metrics and logs */
  readonly name: string;
  /** The node's id in TypeORM's pool cluster. */
  readonly node: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** TypeORM names its pool cluster's nodes MASTER, SLAVE0, SLAVE1 … in the order of the options. */
export function serversOf(
  primary: Address,
  replicas: readonly Address[],
): { primary: Server; replicas: Server[] } {
  const name = ({ host, port }: Address) => `${host}:${port}`;
  return {
    primary: { role: 'primary', name: name(primary), node: 'MASTER' },
    replicas: replicas.map((r, i) => ({ role: 'replica', name: name(r), node: `SLAVE${i}` })),
  };
}
