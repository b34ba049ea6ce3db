import type { ReplicaMonitor } from '@prior/database';
import { breakerStates, type RedisConnection } from '@prior/resilience';
import type { Part } from './part';

/** The breakers whose names begin so. */
const breakers = (prefix: string): Record<string, string> =>
  Object.fromEntries(Object.entries(breakerStates()).filter(([name]) => name.startsWith(prefix)));
const breakerOf = (name: string): { breaker?: string } => {
  const state = breakerStates()[name];
  return state === undefined ? {} : { breaker: state };
};

export const primaryPart = (monitor: Pick<ReplicaMonitor, 'primaryUp'>): Part => ({
  name: 'primary',
  answersReads: true,
  check: () => ({ status: monitor.primaryUp ? 'up' : 'down', detail: breakerOf('primary') }),
});

/** Without replicas in the configuration there is no such part. */
export const replicasPart = (monitor: Pick<ReplicaMonitor, 'replicas'>): Part => ({
  name: 'replicas',
  answersReads: true,
  check: () => {
    const healthy = monitor.replicas.filter((replica) => replica.healthy);
    const total = monitor.replicas.length;
    const lags = healthy.map(({ lagMs }) => lagMs).filter((lag) => lag !== undefined);
    const detail = {
      healthy: healthy.length,
      total,
      ...(lags.length > 0 && { lagMs: Math.round(Math.max(...lags)) }),
      ...breakers('replica-'),
    };
    return { status: healthy.length === total ? 'up' : healthy.length > 0 ? 'degraded' : 'down', detail };
  },
});

/** Redis alone can still answer: what it holds is served, marked as stale. */
export const redisPart = (redis: Pick<RedisConnection, 'session'>): Part => ({
  name: 'redis',
  answersReads: true,
  check: () => ({ status: redis.session() ? 'up' : 'down', detail: breakerOf('redis') }),
});
