import { element } from './charts.js';
import { duration } from './cards.js';
import { seriesOf, sum } from './metrics.js';

const node = (kind, name, state, tone, lines) =>
  element(
    'li',
    { class: tone, 'data-server': name },
    element('strong', {}, kind),
    element('span', { class: 'name' }, name),
    element('span', { class: 'state' }, state),
    ...lines.map((line) => element('span', { class: 'line' }, line)),
  );

/** The workers and what they stand on, each with its state in words: colour alone says nothing. */
export function topology(now) {
  const nodes = [workers(now)];
  for (const server of serversOf(now, 'primary')) nodes.push(primary(now, server, now.parts.primary));
  for (const server of serversOf(now, 'replica')) nodes.push(replica(now, server));
  nodes.push(redis(now, now.parts.redis));
  return nodes;
}

/** Readiness calls a part degraded when the others can still answer without it. */
const isUp = (part) => part?.status === 'up';

const serversOf = (now, role) => {
  const pools = seriesOf(now, 'prior_db_pool_connections', { role, state: 'limit' });
  return [...new Set(pools.map(({ labels }) => labels.server))];
};

function workers(now) {
  const lag = sum(now, 'prior_event_loop_lag_p99_seconds');
  const count = sum(now, 'prior_processes') ?? 0;
  const memory = sum(now, 'prior_resident_memory_bytes');
  return node('API', `${count} worker${count === 1 ? '' : 's'}`, 'serving', 'good', [
    ...(lag === undefined ? [] : [`event loop late by ${duration(lag)} (p99)`]),
    ...(memory === undefined ? [] : [`${Math.round(memory / 1_048_576)} MB`]),
  ]);
}

function primary(now, server, health) {
  const drain = sum(now, 'prior_outbox_drain_age_seconds');
  const up = isUp(health);
  return node('Primary', server, up ? 'up' : 'down', up ? 'good' : 'bad', [
    ...(drain === undefined ? [] : [`outbox read ${duration(drain)} ago`]),
  ]);
}

function replica(now, server) {
  const healthy = sum(now, 'prior_replica_healthy', { server });
  const lag = sum(now, 'prior_replica_lag_seconds', { server });
  const [state, tone] = healthy === 1 ? ['takes reads', 'good'] : ['left out', 'bad'];
  return node('Replica', server, state, tone, [lag === undefined ? 'lag unknown' : `lag ${duration(lag)}`]);
}

function redis(now, health) {
  const up = isUp(health);
  const local = sum(now, 'prior_rate_limit_local') === 1;
  const bytes = sum(now, 'prior_cache_l1_bytes');
  return node('Redis', 'second tier', up ? 'up' : 'away', up ? 'good' : 'bad', [
    local ? 'limits are kept by each process' : 'limits are shared',
    ...(bytes === undefined ? [] : [`process tier holds ${(bytes / 1_048_576).toFixed(1)} MB`]),
  ]);
}
