import { group } from '../group';
import { int, url } from '../variables';

/** The one Redis of tags, entries, leases and limits. */
export const redis = group(
  {
    REDIS_URL: url('REDIS_URL', {
      description: 'Redis server; rediss:// for TLS, user and password inside the URL',
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
  (v) => ({
    url: v.REDIS_URL,
    commandTimeoutMs: v.REDIS_COMMAND_TIMEOUT_MS,
    connectTimeoutMs: v.REDIS_CONNECT_TIMEOUT_MS,
  }),
);
