import { commandOptions, type RedisClientType } from '@redis/client';

/**
 * The client as cache-manager's store has it. The store makes JSON of whatever it keeps; so it is given a ticket, a number,
 * and what lies under it is what is sent, and what has come is left under another.
 */
export class TicketClient {
  private readonly left = new Map<number, Buffer>();
  private last = 0;

  constructor(private readonly client: RedisClientType) {}

  /** @returns what to hand to the store */
  leave(bytes: Buffer): number {
    this.left.set((this.last += 1), bytes);
    return this.last;
  }

  /** @param ticket as the store has it; good for one time */
  fetch(ticket: number): Buffer {
    const bytes = this.left.get(ticket);
    if (!bytes) throw new Error('The store has changed what it was given.');
    this.left.delete(ticket);
    return bytes;
  }

  readonly set = (key: string, ticket: string, options?: { PX: number }): Promise<unknown> =>
    this.client.set(key, this.fetch(Number(ticket)), options);

  readonly get = async (key: string): Promise<string | null> => {
    const bytes = await this.client.get(commandOptions({ returnBuffers: true }), key);
    return bytes && String(this.leave(bytes));
  };

  readonly del = (keys: string | string[]): Promise<number> => this.client.del(keys);
  readonly pTTL = (key: string): Promise<number> => this.client.pTTL(key);
}
