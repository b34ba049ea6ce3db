import { group } from '../group';
import { int, list, text } from '../variables';

/** An origin as browsers send it: scheme, host, port, nothing behind. */
function parseOrigin(item: string): string | undefined {
  if (!/^https?:\/\//.test(item) || !URL.canParse(item)) return undefined;
  const { origin, pathname, search } = new URL(item);
  return pathname === '/' && search === '' ? origin : undefined;
}

/** The public port, the admin port, and what a client may send. */
export const http = group(
  {
    HOST: text('HOST', { description: 'Address that the public port listens on', fallback: '0.0.0.0' }),
    PORT: int('PORT', { description: 'Public port, 0 for any free one', fallback: 3000, max: 65_535 }),
    ADMIN_HOST: text('ADMIN_HOST', {
      description: 'Address of the admin port; 0.0.0.0 inside a pod, where only the cluster reaches it',
      fallback: '127.0.0.1',
    }),
    ADMIN_PORT: int('ADMIN_PORT', {
      description: 'Port of /metrics and the health probes, 0 for any free one; never expose it',
      fallback: 9464,
      max: 65_535,
    }),
    NODE_APP_INSTANCE: int('NODE_APP_INSTANCE', {
      description:
        'Set by PM2: the number of this process. In its cluster mode each has the admin port ADMIN_PORT plus this',
      fallback: 0,
      max: 1_000,
    }),
    CORS_ORIGINS: list(
      'CORS_ORIGINS',
      {
        description: 'Web origins that may call the API from a browser, comma-separated',
        example: 'CORS_ORIGINS=https://shop.example.com,https://www.example.com',
        wants: 'an origin such as https://shop.example.com (no path, no *)',
      },
      parseOrigin,
    ),
    BODY_LIMIT_BYTES: int('BODY_LIMIT_BYTES', {
      description: 'Largest request body in bytes',
      fallback: 262_144,
      min: 1_024,
      max: 16_777_216,
    }),
    REQUEST_TIMEOUT_MS: int('REQUEST_TIMEOUT_MS', {
      description: 'ms in which a client must have sent its whole request',
      fallback: 15_000,
      min: 1_000,
    }),
    KEEP_ALIVE_TIMEOUT_MS: int('KEEP_ALIVE_TIMEOUT_MS', {
      description:
        'ms that an idle connection is kept; longer than the idle time-out of the balancer before it',
      fallback: 75_000,
      min: 1_000,
    }),
  },
  (v) => ({
    host: v.HOST,
    port: v.PORT,
    adminHost: v.ADMIN_HOST,
    // Any free port is free for every process; a fixed one can be had by one of them only.
    adminPort: v.ADMIN_PORT === 0 ? 0 : v.ADMIN_PORT + v.NODE_APP_INSTANCE,
    corsOrigins: v.CORS_ORIGINS,
    bodyLimitBytes: v.BODY_LIMIT_BYTES,
    requestTimeoutMs: v.REQUEST_TIMEOUT_MS,
    keepAliveTimeoutMs: v.KEEP_ALIVE_TIMEOUT_MS,
  }),
);
