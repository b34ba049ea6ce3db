import type { PoolConnection } from 'mysql2';

/**
 * A pool's connections that the machinery (drains, positions, probes) has for itself. What everybody waits for must not
 * wait because the pool's idle ones are taken, and a new one costs several round trips: when a database is suddenly slow,
 * that is the time in which no drain would end, and nothing could be answered from cache.
 */
export class KeptConnections {
  /** The longest idle first: each is used now and then, so none grows old. */
  private readonly idle: PoolConnection[] = [];
  private readonly waiting: ((connection: PoolConnection) => void)[] = [];
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
    const connection = this.idle.shift() ?? (await this.next());
    try {
      const result = await work(connection);
      this.giveBack(connection);
      return result;
    } catch (error) {
      // Which of them are still good is the pool's to judge, and it may be another server that answers now.
      for (const one of [connection, ...this.idle.splice(0)]) one.release();
      throw error;
    }
  }

  /** Whichever comes first: one that others here are done with, or one of the pool. */
  private next(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      const stillWaits = (): boolean => {
        const place = this.waiting.indexOf(resolve);
        if (place >= 0) this.waiting.splice(place, 1);
        return place >= 0;
      };
      this.open().then(
        (connection) => (stillWaits() ? resolve(connection) : this.giveBack(connection)),
        (error: unknown) => stillWaits() && reject(error as Error),
      );
    });
  }

  private giveBack(connection: PoolConnection): void {
    if (this.ended.has(connection)) return connection.release();
    const next = this.waiting.shift();
    if (next) next(connection);
    else if (this.idle.length < this.most()) this.idle.push(connection);
    else connection.release();
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
