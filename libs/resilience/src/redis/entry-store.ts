import { type CacheManagerStore, KeyvAdapter } from 'cache-manager';
import { Keyv } from 'keyv';
import type { RedisConnection } from './connection';
import { RedisUnavailable } from './session';

type KeyOf = (short: string) => string;

/**
 * cache-manager's Redis store on whichever connection is alive, with the time limit of every other command. The store
 * itself is bound to one client for ever and knows neither.
 */
class LiveStore implements CacheManagerStore {
  readonly name = 'redis';

  constructor(private readonly redis: Pick<RedisConnection, 'session'>) {}

  private live<T>(name: string, use: (store: CacheManagerStore, key: KeyOf) => Promise<T>): Promise<T> {
    const session = this.redis.session();
    const key: KeyOf = (short) => session?.key(short) ?? short;
    return session
      ? session.onStore(name, (store) => use(store, key))
      : Promise.reject(new RedisUnavailable('not connected'));
  }

  get = (key: string) => this.live('get', (store, full) => store.get(full(key)) as Promise<unknown>);
  set = (key: string, value: unknown, ttl?: number) =>
    this.live('set', (store, full) => store.set(full(key), value, ttl));
  del = (key: string) => this.live('del', (store, full) => store.del(full(key)));
  mget = (...keys: string[]) => this.live('mget', (store, full) => store.mget(...keys.map(full)));
  mset = (data: Record<string, unknown>, ttl?: number) =>
    this.live('mset', (store, full) =>
      store.mset(Object.fromEntries(Object.entries(data).map(([key, value]) => [full(key), value])), ttl),
    );
  mdel = (...keys: string[]) => this.live('mdel', (store, full) => store.mdel(...keys.map(full)));
  ttl = (key: string) => this.live('ttl', (store, full) => store.ttl(full(key)));

  /** The store's own would search the whole key space. */
  keys(): Promise<string[]> {
    return Promise.reject(new Error('Keys are not listed: that walks through all of Redis.'));
  }

  /** The store's own is FLUSHDB, which would take rate limits and other shops' entries with it. */
  reset(): Promise<void> {
    return Promise.reject(new Error('The cache is not cleared as a whole: drop tags instead.'));
  }
}

/** What @nestjs/cache-manager keeps its entries in. */
export function entryStore(redis: Pick<RedisConnection, 'session'>): Keyv {
  const keyv = new Keyv({
    store: new KeyvAdapter(new LiveStore(redis)),
    useKeyPrefix: false,
    throwOnErrors: true,
  });
  // The store encodes JSON itself: without this every value would be encoded twice.
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  keyv.on('error', () => undefined); // errors reach the caller; events that nobody hears would be thrown as well
  return keyv;
}
