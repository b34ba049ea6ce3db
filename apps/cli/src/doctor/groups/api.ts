import type { AppConfig } from '@prior/config';
import { type Check, grade, type Group, skipped } from '../check';
import type { Metrics } from '../http/metrics';
import { messageOf } from '../run-checks';
import { bytes, count, duration, percent, shareOf } from '../units';

export interface ApiSubject {
  readonly metrics: Metrics;
  readonly config: AppConfig;
}

type ApiCheck = Check<ApiSubject>;

/** Of fewer requests, look-ups or pauses a share says nothing. */
const ENOUGH = 1_000;

const workers: ApiCheck = {
  name: 'workers and cores',
  target: 'one per core',
  cure: 'WORKERS=0 (one per core) and npm start; in Kubernetes one per pod and more pods',
  look: ({ metrics }) => {
    const [processes, cores] = [metrics.sum('prior_processes'), metrics.max('prior_cpu_cores') ?? 1];
    if (processes === 0) return skipped('this version does not say');
    return grade(`${count(processes, 'worker')}, ${count(cores, 'core')}`, { warn: processes < cores });
  },
};

const loop: ApiCheck = {
  name: 'event loop lag p99',
  target: '< 50 ms',
  cure: 'Something computes for long: clinic doctor -- node dist/apps/api/src/main.js, or node --cpu-prof; or the CPU is full',
  look: ({ metrics }) => {
    const ms = 1000 * (metrics.max('prior_event_loop_lag_p99_seconds') ?? 0);
    return grade(`${duration(ms)} in the last second`, { fail: ms >= 1_000, warn: ms >= 50 });
  },
};

const memory: ApiCheck = {
  name: 'memory',
  target: 'heap < 80 %',
  cure: 'If it only grows: node --heapsnapshot-signal=SIGUSR2, kill -USR2 it twice, compare; else lower CACHE_L1_MAX_BYTES',
  look: ({ metrics, config: { runtime } }) => {
    const [used, limit] = [metrics.sum('prior_heap_used_bytes'), metrics.sum('prior_heap_limit_bytes')];
    const processes = metrics.sum('prior_processes') || 1;
    const resident = metrics.sum('prior_resident_memory_bytes') / processes;
    const most = runtime.workerMemoryLimitMb * 2 ** 20;
    const value = `heap ${percent(shareOf(used, limit))}, ${bytes(resident)} resident each${most > 0 ? ` (limit ${bytes(most)})` : ''}`;
    return grade(value, {
      fail: used > 0.95 * limit,
      warn: used > 0.8 * limit || (most > 0 && resident > 0.9 * most),
    });
  },
};

const pauses: ApiCheck = {
  name: 'garbage collection',
  target: '< 1 % of pauses > 100 ms',
  cure: 'node --trace-gc dist/apps/api/src/main.js shows them; lower CACHE_L1_MAX_BYTES, raise --max-old-space-size',
  look: ({ metrics }) => {
    const all = metrics.sum('prior_gc_pause_seconds_count');
    if (all < 100) return skipped(`only ${count(all, 'pause')} so far`);
    const long = 1 - metrics.within('prior_gc_pause_seconds', 0.1);
    return grade(`${percent(long)} of ${count(all, 'pause')} > 100 ms`, { warn: long > 0.01 });
  },
};

const pools: ApiCheck = {
  name: 'pool connections',
  target: 'nobody waits',
  cure: 'See "Plans of the hot queries" and "Slow queries" first; then raise DB_POOL_SIZE with max_connections',
  look: ({ metrics }) => {
    const of = (state: string) => metrics.sum('prior_db_pool_connections', { state });
    return grade(`${of('used')} used of ${of('limit')}, ${of('idle')} idle, ${of('waiting')} waiting`, {
      warn: of('waiting') > 0 || (of('limit') > 0 && of('used') >= 0.9 * of('limit')),
    });
  },
};

const hits: ApiCheck = {
  name: 'cache hit rate (both tiers)',
  target: '> 90 %',
  cure: 'Longer CACHE_TTL_LIST_S and CACHE_TTL_DETAIL_S, larger CACHE_L1_MAX_BYTES; docs/consistency.md says what bypasses',
  look: ({ metrics }) => {
    const of = (tier: string, result: string) => metrics.sum('prior_cache_requests_total', { tier, result });
    const hit =
      of('l1', 'hit') + of('l1', 'revalidated') + of('l1', 'stale') + of('l2', 'hit') + of('l2', 'stale');
    // What the first tier misses is looked up in the second.
    const all = metrics.sum('prior_cache_requests_total', { tier: 'l1' });
    if (all < ENOUGH) return skipped(`only ${count(all, 'look-up')} since the start`);
    const share = Math.min(1, shareOf(hit, all));
    return grade(`${percent(share)} of ${count(all, 'look-up')}`, { fail: share < 0.5, warn: share < 0.9 });
  },
};

const failures: ApiCheck = {
  name: 'answers 5xx',
  target: '< 0.1 %',
  cure: 'npm run up: .local/logs/api.log, elsewhere the process’s log: "level":50 and above says why',
  look: ({ metrics }) => {
    const requests = metrics.of('prior_http_request_duration_seconds_count');
    const all = requests.reduce((sum, { value }) => sum + value, 0);
    const failed = requests
      .filter(({ labels }) => /^5/.test(labels['status'] ?? ''))
      .reduce((sum, { value }) => sum + value, 0);
    const share = shareOf(failed, all);
    if (all < ENOUGH) return skipped(`${failed} of only ${count(all, 'request')}`);
    return grade(`${percent(share)} of ${count(all, 'request')}`, {
      fail: share > 0.01,
      warn: share > 0.001,
    });
  },
};

const times: ApiCheck = {
  name: 'answers within 500 ms',
  target: '> 95 %',
  cure: 'curl the admin port’s /metrics: prior_db_query_duration_seconds and prior_admission_queue_seconds say where',
  look: ({ metrics }) => {
    const all = metrics.sum('prior_http_request_duration_seconds_count');
    if (all < ENOUGH) return skipped(`only ${count(all, 'request')} since the start`);
    const share = metrics.within('prior_http_request_duration_seconds', 0.5);
    return grade(`${percent(share)} of ${count(all, 'request')}`, { fail: share < 0.5, warn: share < 0.95 });
  },
};

const breakers: ApiCheck = {
  name: 'breakers and drain',
  target: 'closed, drained < 0.4 s ago',
  cure: 'An open breaker’s server is named in "Database server" or "Redis" above; a late drain waits for the primary',
  look: ({ metrics }) => {
    const open = metrics
      .of('prior_breaker_state')
      .filter(({ value }) => value > 0)
      .map(({ labels }) => labels['name']);
    const age = metrics.max('prior_outbox_drain_age_seconds') ?? 0;
    const value = `${open.length > 0 ? `open: ${open.join(', ')}` : 'all closed'}, drained ${duration(1000 * age)} ago`;
    return grade(value, { fail: open.length > 0, warn: age > 0.4 });
  },
};

const limits: ApiCheck = {
  name: 'limited and shed',
  target: 'limits kept together',
  cure: 'Limits are kept by each process alone while Redis is away: see "Redis"',
  look: ({ metrics }) => {
    const denied =
      metrics.sum('prior_rate_limit_total', { decision: 'denied' }) +
      metrics.sum('prior_rate_limit_total', { decision: 'remembered' });
    const shed =
      metrics.sum('prior_admission_requests_total', { decision: 'shed' }) +
      metrics.sum('prior_admission_requests_total', { decision: 'overflow' });
    const local = (metrics.max('prior_rate_limit_local') ?? 0) > 0;
    return grade(`${denied} answered 429, ${shed} answered 503${local ? ', without Redis' : ''}`, {
      warn: local,
    });
  },
};

export const api: Group<ApiSubject> = {
  name: 'API processes',
  checks: [workers, loop, memory, pauses, pools, hits, failures, times, breakers, limits],
};

/** Shown where no admin port answers. */
export const noApi: Group<{ readonly error: unknown }> = {
  name: 'API processes',
  checks: [
    {
      name: 'admin port',
      target: 'answers /metrics',
      cure: '',
      look: ({ error }) =>
        skipped(`no API here: ${messageOf(error)}`, {
          cure: 'Start it (npm start), or name its admin port: --admin http://HOST:9464',
        }),
    },
  ],
};
