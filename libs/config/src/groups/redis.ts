import { group, type ReportProblem } from '../group';
import { int, oneOf, urls } from '../variables';

type Mode = 'standalone' | 'cluster';

/** The one Redis of tags, entries, leases and limits. */
export const redis = group(
  {
    REDIS_MODE: oneOf('REDIS_MODE', ['standalone', 'cluster'], {
      description: 'standalone: one server. cluster: a Redis Cluster (docs/redis-cluster.md)',
      fallback: 'standalone',
    }),
    REDIS_URL: urls('REDIS_URL', {
      description:
        'Redis server; rediss:// for TLS, redis://default:PASSWORD@HOST:PORT with a password. Of a cluster some of its nodes, with commas between',
      example: 'REDIS_URL=redis://127.0.0.1:6379/0',
      protocols: ['redis:', 'rediss:'],
      secret: true,
    }),
    REDIS_COMMAND_TIMEOUT_MS: int('REDIS_COMMAND_TIMEOUT_MS', {
      description: 'ms after which a command counts as failed and the answer is made without Redis',
      fallback: 250,
      min: 10,
    }),
    REDIS_CONNECT_TIMEOUT_MS: int('REDIS_CONNECT_TIMEOUT_MS', {
      description: 'ms that connecting may take',
      fallback: 1_000,
      min: 10,
    }),
  },
  (v, problem) => ({
    mode: modeOf(v.REDIS_MODE),
    /** The one server, or the first of `nodes`. */
    url: v.REDIS_URL[0] ?? '',
    /** The one server, or the nodes of a cluster that are asked first. */
    nodes: nodesOf(modeOf(v.REDIS_MODE), v.REDIS_URL, problem),
    commandTimeoutMs: v.REDIS_COMMAND_TIMEOUT_MS,
    connectTimeoutMs: v.REDIS_CONNECT_TIMEOUT_MS,
  }),
);

const modeOf = (text: string): Mode => (text === 'cluster' ? 'cluster' : 'standalone');

function nodesOf(mode: Mode, nodes: readonly string[], problem: ReportProblem): readonly string[] {
  if (mode === 'standalone' && nodes.length > 1)
    problem('REDIS_URL', 'names several servers. Set REDIS_MODE=cluster, or name one');
  if (mode === 'cluster' && nodes.some((node) => !/^\/?0?$/.test(new URL(node).pathname)))
    problem('REDIS_URL', 'names a database, and a Redis Cluster has only number 0: leave it out');
  return nodes;
}
