import { commandOptions, type RedisClientType } from '@redis/client';

const IN_BYTES = commandOptions({ returnBuffers: true });

/**
 * The client as cache-manager's store has it. The store makes JSON of whatever it keeps; so it is given a ticket, a number,
 * and what lies under it is what is sent, and what has come is left under another.
 */
export class TicketClient {
  /** By ticket. (A Map would keep what has gone for long: see UnderWay in libs/cache.) */
  private readonly left = Object.create(null) as Record<number, Buffer | undefined>;
  private last = 0;

  constructor(private readonly client: RedisClientType) {}

  /** @returns what to hand to the store */
  leave(bytes: Buffer): number {
    this.left[(this.last += 1)] = bytes;
    return this.last;
  }

  /** @param ticket as the store has it; good for one time */
  fetch(ticket: number): Buffer {
    const bytes = this.left[ticket];
    if (!bytes) throw new Error('The store has changed what it was given.');
    delete this.left[ticket];
    return bytes;
  }

  // (As words: the client's own methods for these are two promises more.)
  readonly set = (key: string, ticket: string, options?: { PX: number }): Promise<unknown> => {
    const bytes = this.fetch(Number(ticket));
    const words = options ? ['SET', key, bytes, 'PX', String(options.PX)] : ['SET', key, bytes];
    return this.client.sendCommand(words);
  };

  readonly get = (key: string): Promise<string | null> =>
    this.client
      .sendCommand<Buffer | null>(['GET', key], IN_BYTES)
      .then((bytes) => bytes && String(this.leave(bytes)));

  readonly del = (keys: string | string[]): Promise<number> => this.client.del(keys);
  readonly pTTL = (key: string): Promise<number> => this.client.pTTL(key);
}
