import { type CacheManagerStore, KeyvAdapter } from 'cache-manager';
import { Keyv } from 'keyv';
import type { RedisConnection } from './connection';
import { type RedisSession, RedisUnavailable } from './session';
import { fromBytes, toBytes } from './stored-value';

/**
 * Where entries are kept: cache-manager's Redis store on whichever connection is alive, with the time limit of every other
 * command. The store itself is bound to one client for ever and knows neither.
 */
export class EntryStore implements CacheManagerStore {
  readonly name = 'redis';

  constructor(private readonly redis: Pick<RedisConnection, 'session'>) {}

  private live(): RedisSession {
    const session = this.redis.session();
    if (!session) throw new RedisUnavailable('not connected');
    return session;
  }

  get = async (key: string): Promise<unknown> => {
    const session = this.live();
    return session.onStore('get', async (store, tickets) => {
      const ticket = (await store.get(session.key(key))) as number | undefined;
      return ticket === undefined ? undefined : fromBytes(tickets.fetch(ticket));
    });
  };

  set = async (key: string, value: unknown, ttl?: number) => {
    const session = this.live();
    return session.onStore('set', (store, tickets) =>
      store.set(session.key(key), tickets.leave(toBytes(value)), ttl),
    );
  };

  del = async (key: string) => {
    const session = this.live();
    return session.onStore('del', (store) => store.del(session.key(key)));
  };

  ttl = async (key: string) => {
    const session = this.live();
    return session.onStore('ttl', (store) => store.ttl(session.key(key)));
  };

  mget = (...keys: string[]) => Promise.all(keys.map(this.get));
  mset = async (data: Record<string, unknown>, ttl?: number) => {
    await Promise.all(Object.entries(data).map(([key, value]) => this.set(key, value, ttl)));
  };
  mdel = async (...keys: string[]) => {
    await Promise.all(keys.map(this.del));
  };

  /** The store's own would search the whole key space. */
  keys(): Promise<string[]> {
    return Promise.reject(new Error('Keys are not listed: that walks through all of Redis.'));
  }

  /** The store's own is FLUSHDB, which would take rate limits and other shops' entries with it. */
  reset(): Promise<void> {
    return Promise.reject(new Error('The cache is not cleared as a whole: drop tags instead.'));
  }
}

/**
 * The same for @nestjs/cache-manager, where features may keep values of their own. Entries do not go through it: its layers
 * and Keyv's are ten promises for each.
 */
export function keyvOf(store: EntryStore): Keyv {
  const keyv = new Keyv({
    store: new KeyvAdapter(store),
    useKeyPrefix: false,
    throwOnErrors: true,
  });
  // The store encodes JSON itself: without this every value would be encoded twice.
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  keyv.on('error', () => undefined); // errors reach the caller; events that nobody hears would be thrown as well
  return keyv;
}
