import type { CacheManagerStore } from 'cache-manager';
import { redisInsStore } from 'cache-manager-redis-yet';
import { ErrorReply, type RedisClientType } from '@redis/client';
import { type Breaker, BreakerOpenError } from '../breaker';
import { lateTimer } from '../time-limit';
import type { Lease } from './lease';
import { Packets } from './packets';
import type { RedisScript } from './script';
import { TicketClient } from './ticket-client';
import { type Seat, SeatLost } from './topology';

/** What a node of a cluster answers to keys that it does not hold, and a replica to writes; behind a dash from a script. */
const REFUSALS = /(?:^|-)(MOVED|ASK|TRYAGAIN|CLUSTERDOWN|READONLY) /;
/** Those that say that another server is asked by now. (ASK, TRYAGAIN: the slot is on its way, and still here.) */
const DEPOSED: readonly unknown[] = ['MOVED', 'CLUSTERDOWN', 'READONLY'];

/** The breaker around everything that is asked of Redis. */
export type RedisBreaker = Breaker<[() => Promise<unknown>], unknown>;

/** Redis did not answer in time, or the connection is gone: treat it as absent, never as empty. */
export class RedisUnavailable extends Error {
  constructor(why: string) {
    super(`Redis is unavailable: ${why}`);
  }
}

export interface SessionOptions {
  readonly client: RedisClientType;
  /** Names this life of the server; every key of the cache protocol lies under it. */
  readonly generation: string;
  readonly seat: Seat;
  /** Where a server can be replaced behind our back: how long its answers may still be believed. */
  readonly lease: Lease | undefined;
  readonly timeoutMs: number;
  readonly breaker: RedisBreaker;
  readonly onBroken: (session: RedisSession, why: string) => void;
}

/**
 * One connection to one life of the Redis server. It dies with either, so whoever holds a session can neither write
 * keys of an earlier generation into a restarted server nor read them back from an old snapshot.
 */
export class RedisSession {
  readonly generation: string;
  private readonly client: RedisClientType;
  private readonly store: CacheManagerStore;
  private readonly tickets: TicketClient;
  private readonly packets = new Packets();
  private alive = true;

  constructor(private readonly options: SessionOptions) {
    this.client = options.client;
    this.generation = options.generation;
    this.tickets = new TicketClient(this.client);
    // The two packages describe the same methods in types that differ in optional members only.
    this.store = redisInsStore(this.tickets as never) as unknown as CacheManagerStore;
    options.lease?.keep((why) => options.onBroken(this, why));
  }

  /** Whether its answers may be believed now. */
  get usable(): boolean {
    return this.alive && (this.options.lease?.valid ?? true);
  }

  /** Whether another server may take this one's place behind our back: then its word is a lease older than it looks. */
  get canBeReplaced(): boolean {
    return this.options.lease !== undefined;
  }

  /** A key as this server has it: in a cluster it begins with the hash tag of our slot. */
  key(name: string): string {
    return this.options.seat.keyPrefix + name;
  }

  /**
   * Resolves when this was still the server that everybody asks, at some moment AFTER the call. Costs a round trip in a
   * cluster and nothing elsewhere. @throws RedisUnavailable
   */
  async confirm(): Promise<void> {
    const { lease } = this.options;
    if (!lease) return;
    try {
      await lease.renew();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (error instanceof SeatLost) this.options.onBroken(this, why);
      throw new RedisUnavailable(why);
    }
    if (!this.alive) throw new RedisUnavailable('the connection was closed');
  }

  /**
   * Uses cache-manager's store on this connection (see `key`), within the command time limit.
   *
   * @param use given the store, and where to leave what it is to keep, and to fetch what it has found
   * @throws RedisUnavailable
   */
  onStore<T>(
    name: string,
    use: (store: CacheManagerStore, tickets: Pick<TicketClient, 'leave' | 'fetch'>) => Promise<T>,
  ): Promise<T> {
    return this.within(name, () => use(this.store, this.tickets));
  }

  /** Runs a script on keys without the prefix, within the command time limit. @throws RedisUnavailable */
  script<Answer>(script: RedisScript<Answer>, keys: string[], args: string[]): Promise<Answer> {
    return this.scriptOf(script, () => ({ keys, args }));
  }

  /** The same for whoever says on what when the command leaves: more may have come together by then. */
  scriptOf<Answer>(
    script: RedisScript<Answer>,
    onWhat: () => { readonly keys: string[]; readonly args: string[] },
  ): Promise<Answer> {
    const { keyPrefix } = this.options.seat;
    return this.within(script.name, () => {
      const { keys, args } = onWhat();
      const full = keyPrefix === '' ? keys : keys.map((key) => keyPrefix + key);
      return script.run(this.client, full, args);
    });
  }

  /** Runs one command or a few (see `key`) within the command time limit. @throws RedisUnavailable */
  command<T>(name: string, send: (client: RedisClientType) => Promise<T>): Promise<T> {
    return this.within(name, () => send(this.client));
  }

  private within<T>(name: string, send: () => Promise<T>): Promise<T> {
    const { breaker } = this.options;
    if (!this.alive) return Promise.reject(new RedisUnavailable('the connection was closed'));
    if (!this.usable)
      return Promise.reject(new RedisUnavailable('whether this is still the right server is not known'));
    // Nearly always. A load sends three commands or four, and each promise costs about a microsecond: so there is one here.
    if (breaker.passes)
      return new Promise((resolve, reject) => {
        const done = (answer: T) => {
          breaker.succeeded();
          resolve(answer);
        };
        const fail = (error: unknown) => {
          const judge = () => {
            throw this.judged(error);
          };
          breaker.failed(error).then(judge).catch(reject);
        };
        this.send(name, send, done, fail);
      });
    const tried = breaker.fire(() => new Promise((done, fail) => this.send(name, send, done, fail)));
    return tried.catch((error: unknown) => {
      throw this.judged(error);
    }) as Promise<T>;
  }

  /** Sends, with a time limit on the answer. @param done of these two exactly one is called, once */
  private send<T>(
    name: string,
    send: () => Promise<T>,
    done: (answer: T) => void,
    fail: (error: unknown) => void,
  ): void {
    let over = false;
    const first = (): boolean => {
      if (over) return false;
      stop();
      return (over = true);
    };
    const stop = lateTimer(this.options.timeoutMs, () => {
      if (first()) fail(this.late(name));
    });
    const failed = (error: unknown) => {
      this.packets.answered();
      if (first()) fail(error);
    };
    this.packets.put(() => {
      try {
        send().then((answer) => {
          this.packets.answered();
          if (first()) done(answer);
        }, failed);
      } catch (error) {
        failed(error);
      }
    });
  }

  /** What a failure says of the server. */
  private judged(error: unknown): unknown {
    if (error instanceof RedisUnavailable) return error;
    if (error instanceof BreakerOpenError || !this.client.isReady)
      return new RedisUnavailable(error instanceof Error ? error.message : String(error));
    const refusal = error instanceof ErrorReply && REFUSALS.exec(error.message)?.[1];
    if (!refusal) return error;
    if (DEPOSED.includes(refusal)) this.options.onBroken(this, error.message);
    return new RedisUnavailable(error.message);
  }

  /**
   * node-redis 4 has no command time limit, and a frozen server keeps its socket open: after a time-out the whole
   * connection is given up, because later answers on it would wait behind the same frozen server.
   */
  private late(name: string): RedisUnavailable {
    const { timeoutMs, onBroken } = this.options;
    const why = `${name} took longer than ${timeoutMs} ms`;
    onBroken(this, why);
    return new RedisUnavailable(why);
  }

  /** @internal Whoever still holds it gets nothing from it any more. */
  retire(): void {
    this.alive = false;
    this.options.lease?.end();
  }

  /** @internal */
  async close(): Promise<void> {
    this.retire();
    if (this.client.isOpen) await this.client.disconnect();
  }
}
