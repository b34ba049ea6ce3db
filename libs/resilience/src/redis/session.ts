import type { CacheManagerStore } from 'cache-manager';
import { redisInsStore } from 'cache-manager-redis-yet';
import type { RedisClientType } from '@redis/client';
import { type Breaker, BreakerOpenError } from '../breaker';
import { lateTimer } from '../time-limit';
import type { RedisScript } from './script';

/** The breaker around everything that is asked of Redis. */
export type RedisBreaker = Breaker<[() => Promise<unknown>], unknown>;

/** Redis did not answer in time, or the connection is gone: treat it as absent, never as empty. */
export class RedisUnavailable extends Error {
  constructor(why: string) {
    super(`Redis is unavailable: ${why}`);
  }
}

/**
 * One connection to one life of the Redis server. It dies with either, so whoever holds a session can neither write
 * keys of an earlier generation into a restarted server nor read them back from an old snapshot.
 */
export class RedisSession {
  private readonly store: CacheManagerStore;
  private alive = true;

  constructor(
    private readonly client: RedisClientType,
    /** Names this life of the server; every key of the cache protocol lies under it. */
    readonly generation: string,
    private readonly timeoutMs: number,
    private readonly breaker: RedisBreaker,
    private readonly onBroken: (session: RedisSession, why: string) => void,
  ) {
    // The two packages describe the same methods in types that differ in optional members only.
    this.store = redisInsStore(client as never) as unknown as CacheManagerStore;
  }

  /** Uses cache-manager's store on this connection, within the command time limit. @throws RedisUnavailable */
  onStore<T>(name: string, use: (store: CacheManagerStore) => Promise<T>): Promise<T> {
    return this.within(name, () => use(this.store));
  }

  /** Runs a script within the command time limit. @throws RedisUnavailable */
  script<Answer>(script: RedisScript<Answer>, keys: string[], args: string[]): Promise<Answer> {
    return this.within(script.name, () => script.run(this.client, keys, args));
  }

  /** Runs one command (or a few) within the command time limit. @throws RedisUnavailable */
  command<T>(name: string, send: (client: RedisClientType) => Promise<T>): Promise<T> {
    return this.within(name, () => send(this.client));
  }

  private async within<T>(name: string, send: () => Promise<T>): Promise<T> {
    if (!this.alive) throw new RedisUnavailable('the connection was closed');
    try {
      return (await this.breaker.fire(() => this.limited(name, send))) as T;
    } catch (error) {
      if (error instanceof RedisUnavailable) throw error;
      if (error instanceof BreakerOpenError || !this.client.isReady) {
        throw new RedisUnavailable(error instanceof Error ? error.message : String(error));
      }
      throw error;
    }
  }

  /**
   * node-redis 4 has no command time limit, and a frozen server keeps its socket open: after a time-out the whole
   * connection is given up, because later answers on it would wait behind the same frozen server.
   */
  private async limited<T>(name: string, send: () => Promise<T>): Promise<T> {
    let stop: () => void = () => undefined;
    const limit = new Promise<never>((_, reject) => {
      stop = lateTimer(this.timeoutMs, () => {
        const why = `${name} took longer than ${this.timeoutMs} ms`;
        this.onBroken(this, why);
        reject(new RedisUnavailable(why));
      });
    });
    try {
      return await Promise.race([send(), limit]);
    } finally {
      stop();
    }
  }

  /** @internal */
  async close(): Promise<void> {
    this.alive = false;
    if (this.client.isOpen) await this.client.disconnect();
  }
}
