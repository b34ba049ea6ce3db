/** The server that holds our keys, for as long as it does. */
export interface Seat {
  /** Where to connect, with user and password. */
  readonly url: string;
  /** Becomes part of the generation: who holds the seat, and since when. Empty where there is only one server. */
  readonly tenure: string;
  /** Every key begins with it. */
  readonly keyPrefix: string;
}

/** Another server holds the seat by now: whatever the former one says may be outdated. */
export class SeatLost extends Error {}

/** Where Redis is, and whether it still is there. */
export interface RedisTopology {
  /** @throws when nobody can say who holds the seat */
  find(): Promise<Seat>;

  /**
   * Undefined where a server cannot be replaced behind our back: then there is nothing to ask.
   *
   * Resolves when this seat was still held at some moment AFTER the call. @throws SeatLost when it was not, and another
   * error when nobody could say within the time limit
   */
  readonly confirm?: (seat: Seat) => Promise<void>;

  close(): Promise<void>;
}

/** One server, at one address, for ever: a restarted one shows by its `run_id`. */
export class StandaloneTopology implements RedisTopology {
  constructor(private readonly url: string) {}

  find(): Promise<Seat> {
    return Promise.resolve({ url: this.url, tenure: '', keyPrefix: '' });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
