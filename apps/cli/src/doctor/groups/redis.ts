import { createClient, type RedisClientType } from '@redis/client';
import type { AppConfig } from '@prior/config';
import { TimeLimitError, withTimeLimit } from '@prior/resilience';
import { type Check, fail, grade, type Group, pass } from '../check';
import { Settings } from '../database/settings';
import { messageOf } from '../run-checks';
import { bytes, count, duration, percent, shareOf } from '../units';

/** Longest time for connecting, and for one command, ms. */
const LIMIT_MS = 2_000;

const PINGS = 5;

export interface RedisSubject {
  /** INFO */
  readonly info: Settings;
  readonly pingMs: number;
  /** Only commands that read. */
  readonly command: (...words: string[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

export const infoOf = (text: string): Settings =>
  new Settings(
    text.split(/\r?\n/).flatMap((line) => {
      const at = line.indexOf(':');
      return at > 0 && !line.startsWith('#') ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
    }),
  );

/** @throws TimeLimitError, or the client's error */
export async function connectRedis(url: string): Promise<RedisSubject> {
  const client: RedisClientType = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: LIMIT_MS, reconnectStrategy: false },
  });
  client.on('error', () => undefined); // whoever waits for an answer gets it too
  const limited = <T>(work: Promise<T>) =>
    withTimeLimit(work, LIMIT_MS, () => {
      client.disconnect().catch(() => undefined);
      return new TimeLimitError('Redis', LIMIT_MS);
    });
  try {
    await limited(client.connect());
    const pings: number[] = [];
    for (let i = 0; i < PINGS; i += 1) {
      const started = performance.now();
      await limited(client.ping());
      pings.push(performance.now() - started);
    }
    // The fastest: the others may have waited for this process.
    const pingMs = Math.min(...pings);
    const info = infoOf(await limited(client.info()));
    const command = (...words: string[]) => limited(client.sendCommand<unknown>(words));
    return { info, pingMs, command, close: () => client.disconnect().catch(() => undefined) };
  } catch (error) {
    if (client.isOpen) await client.disconnect().catch(() => undefined);
    throw error;
  }
}

type RedisCheck = Check<RedisSubject>;

const ping: RedisCheck = {
  name: 'ping',
  target: '< 10 ms',
  cure: 'Put Redis into the same network as the API; redis-cli --latency measures longer',
  look: ({ info, pingMs }) =>
    grade(`${duration(pingMs)}, version ${info.text('redis_version')}`, { warn: pingMs >= 10 }),
};

const memory: RedisCheck = {
  name: 'used_memory',
  target: '< 90 % of maxmemory',
  cure: 'redis-cli CONFIG SET maxmemory 500mb (and maxmemory in redis.conf); a larger one when it is full',
  look: ({ info }) => {
    const [used, most] = [info.number('used_memory'), info.number('maxmemory')];
    if (most === 0) return grade(`${bytes(used)}, no limit`, { warn: true });
    const share = shareOf(used, most);
    return grade(`${bytes(used)} of ${bytes(most)} (${percent(share)})`, { warn: share >= 0.9 });
  },
};

const policy: RedisCheck = {
  name: 'maxmemory-policy',
  target: 'allkeys-lru or allkeys-lfu',
  cure: 'redis-cli CONFIG SET maxmemory-policy allkeys-lru (and in redis.conf)',
  look: ({ info }) => {
    const is = info.text('maxmemory_policy') ?? 'unknown';
    const [full, right] = [info.number('maxmemory') > 0, /^allkeys-(lru|lfu)$/.test(is)];
    // A full Redis that evicts nothing refuses writes: then nothing is cached any more.
    return grade(is, { fail: full && is === 'noeviction', warn: !right });
  },
};

/** No verdict: much of what the API asks Redis all the time is not there while all is well. */
const hits: RedisCheck = {
  name: 'keyspace_hits',
  target: 'see prior_cache_requests_total',
  cure: '',
  look: ({ info }) => {
    const [hit, miss] = [info.number('keyspace_hits'), info.number('keyspace_misses')];
    return pass(`${percent(shareOf(hit, hit + miss))} of ${count(hit + miss, 'look-up')}, polling included`);
  },
};

const evicted: RedisCheck = {
  name: 'evicted_keys',
  target: '0',
  cure: 'redis-cli CONFIG SET maxmemory higher: what is evicted has to be loaded again',
  look: ({ info }) => {
    const n = info.number('evicted_keys');
    return grade(`${n} since the start`, { warn: n > 0 });
  },
};

const clients: RedisCheck = {
  name: 'connected_clients',
  target: '< 80 % of maxclients, none refused',
  cure: 'redis-cli CONFIG SET maxclients higher; redis-cli CLIENT LIST says whose they are',
  look: ({ info }) => {
    const [now, most] = [info.number('connected_clients'), info.number('maxclients')];
    const refused = info.number('rejected_connections');
    const value = `${now}${most > 0 ? ` of ${most}` : ''}, ${refused} refused`;
    return grade(value, { fail: most > 0 && now >= most, warn: refused > 0 || shareOf(now, most) >= 0.8 });
  },
};

const commands: RedisCheck = {
  name: 'commands',
  target: 'none in the slow log',
  cure: 'redis-cli SLOWLOG GET 10 (and redis-cli monitor for a moment: it shows every command, and slows Redis down)',
  look: async ({ info, command }) => {
    const slow = Number(await command('SLOWLOG', 'LEN'));
    return grade(`${info.number('instantaneous_ops_per_sec')}/s now, ${slow} slow ones`, {
      warn: slow >= 10,
    });
  },
};

export const redis: Group<RedisSubject> = {
  name: 'Redis',
  checks: [ping, memory, policy, hits, evicted, clients, commands],
};

const clusterState: RedisCheck = {
  name: 'cluster_state',
  target: 'ok, every slot held',
  cure: 'redis-cli --cluster check HOST:PORT says which slots nobody holds; with REDIS_MODE=standalone for one server',
  look: async ({ command }) => {
    // A node that is no part of a cluster refuses.
    const answer = await command('CLUSTER', 'INFO').catch((error: unknown) => error);
    if (typeof answer !== 'string') return fail(messageOf(answer));
    const state = infoOf(answer);
    const [ok, masters] = [state.text('cluster_state') === 'ok', state.number('cluster_size')];
    const value = `${state.text('cluster_state')}, ${count(masters, 'master')}, ${state.number('cluster_slots_ok')} slots held`;
    // With fewer than three nobody can be voted out: no replica is promoted.
    return grade(value, { fail: !ok, warn: masters < 3 });
  },
};

/** Asked beside `redis` with REDIS_MODE=cluster. */
export const redisCluster: Group<RedisSubject> = { name: 'Redis', checks: [clusterState] };

/** Shown where `connectRedis` failed. */
export const noRedis: Group<{ readonly error: unknown; readonly config: AppConfig['redis'] }> = {
  name: 'Redis',
  checks: [
    {
      name: 'ping',
      target: 'PONG',
      cure: 'Install and start it (apt install redis-server), or correct REDIS_URL; redis-cli ping tries it',
      look: ({ error }) => fail(messageOf(error)),
    },
  ],
};
