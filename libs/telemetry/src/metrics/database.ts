import { CounterFamily } from '../counter';
import { GaugeFamily } from '../gauge';
import { HistogramFamily } from '../histogram';

/** Pools, queries, replicas and fences. `role` is primary or replica, `server` is host:port. */
export const database = {
  queries: new CounterFamily('prior_db_queries_total', 'Statements sent, by role and server.', [
    'role',
    'server',
  ]),
  duration: new HistogramFamily(
    'prior_db_query_duration_seconds',
    'Time of a named repository method at the database.',
    ['name', 'role'],
  ),
  poolConnections: new GaugeFamily(
    'prior_db_pool_connections',
    'Connections by state (used, idle, waiting, limit).',
    ['role', 'server', 'state'],
  ),
  shares: new GaugeFamily(
    'prior_db_share_connections',
    'Connections that one kind of work (read, write) may use of each server (limit), and uses (used).',
    ['role', 'server', 'kind', 'state'],
  ),
  replicaLag: new GaugeFamily(
    'prior_replica_lag_seconds',
    'Age of the newest heartbeat that the replica has applied.',
    ['server'],
    'max',
  ),
  replicaHealthy: new GaugeFamily(
    'prior_replica_healthy',
    '1 if reads may go to this replica, else 0.',
    ['server'],
    'min',
  ),
  fallbacks: new CounterFamily(
    'prior_db_fallbacks_total',
    'Reads that went to the primary instead, by reason.',
    ['reason'],
  ).startingWith(['primary_down'], ['no_replica'], ['fence_timeout'], ['replica_failed']),
  fenceWaits: new CounterFamily(
    'prior_fence_waits_total',
    'Waits for a replica to reach the primary\u2019s position, by outcome (reached; known: by a load before; timeout).',
    ['outcome'],
  ).startingWith(['reached'], ['known'], ['timeout']),
} as const;
