import type { PoolConnection } from 'mysql2';

/**
 * A pool's connections that the machinery (drains, positions, probes) has for itself. What everybody waits for must not
 * wait because the pool's idle ones are taken, and a new one costs several round trips: when a database is suddenly slow,
 * that is the time in which no drain would end, and nothing could be answered from cache.
 */
export class KeptConnections {
  private readonly idle: PoolConnection[] = [];
  private readonly ended = new WeakSet<PoolConnection>();
  private readonly known = new WeakSet<PoolConnection>();

  /**
   * @param acquire one of the pool
   * @param most how many are kept; asked when one could be
   */
  constructor(
    private readonly acquire: () => Promise<PoolConnection>,
    private readonly most: () => number,
  ) {}

  /** How many wait for work; the pool counts them as used. */
  get size(): number {
    return this.idle.length;
  }

  /** Runs work on a kept connection, or on one of the pool. @throws what acquiring or the work throws */
  async use<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    const connection = this.idle.pop() ?? (await this.open());
    let answered = false;
    try {
      const result = await work(connection);
      answered = true;
      return result;
    } finally {
      // Whatever has failed is the pool's to judge.
      const keep = answered && this.idle.length < this.most() && !this.ended.has(connection);
      if (keep) this.idle.push(connection);
      else connection.release();
    }
  }

  private async open(): Promise<PoolConnection> {
    const connection = await this.acquire();
    if (this.known.has(connection)) return connection;
    this.known.add(connection);
    const forget = () => {
      this.ended.add(connection);
      const place = this.idle.indexOf(connection);
      if (place >= 0) this.idle.splice(place, 1);
    };
    connection.on('end', forget).on('error', forget);
    return connection;
  }
}
