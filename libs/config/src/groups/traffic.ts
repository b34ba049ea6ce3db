import { group } from '../group';
import { int, list, parseCidr } from '../variables';

/** Names of networks; libs/traffic has the networks. */
export const trustPresets = ['loopback', 'private', 'cloudflare'] as const;
export type TrustPreset = (typeof trustPresets)[number];

const isPreset = (item: string): boolean => (trustPresets as readonly string[]).includes(item);

/** Who is limited to what, and whose word about a client's address is believed. */
export const traffic = group(
  {
    TRUST_PROXY: list(
      'TRUST_PROXY',
      {
        description:
          'Proxies whose X-Forwarded-For is believed: networks or the presets loopback, private, cloudflare',
        example: 'TRUST_PROXY=loopback,10.0.0.0/8',
        wants: 'a network (10.0.0.0/8) or one of loopback, private, cloudflare',
      },
      (item) => (isPreset(item) ? item : parseCidr(item)),
    ),
    RATE_LIMIT_READ_PER_MIN: int('RATE_LIMIT_READ_PER_MIN', {
      description: 'Reads a minute for one client',
      fallback: 100,
      min: 1,
    }),
    RATE_LIMIT_WRITE_PER_MIN: int('RATE_LIMIT_WRITE_PER_MIN', {
      description: 'Writes a minute for one client',
      fallback: 20,
      min: 1,
    }),
    RATE_LIMIT_SERVICE_PER_MIN: int('RATE_LIMIT_SERVICE_PER_MIN', {
      description: 'Requests a minute for one caller with the role `service` (the shop’s own servers)',
      fallback: 6_000,
      min: 1,
    }),
    RATE_LIMIT_EXEMPT: list(
      'RATE_LIMIT_EXEMPT',
      {
        description: 'Networks that are not limited (server-side rendering)',
        example: 'RATE_LIMIT_EXEMPT=10.20.0.0/16',
        wants: 'an address or a network (10.0.0.0/8)',
      },
      parseCidr,
    ),
    MAX_IN_FLIGHT: int('MAX_IN_FLIGHT', {
      description: 'Requests that one worker has open at once; more are answered 503 at once',
      fallback: 1_000,
      min: 1,
    }),
    REQUEST_DEADLINE_MS: int('REQUEST_DEADLINE_MS', {
      description: 'ms that the work for one answer may take at the database, waiting for it included',
      fallback: 5_000,
      min: 100,
    }),
  },
  (v) => ({
    trustProxy: v.TRUST_PROXY,
    readPerMin: v.RATE_LIMIT_READ_PER_MIN,
    writePerMin: v.RATE_LIMIT_WRITE_PER_MIN,
    servicePerMin: v.RATE_LIMIT_SERVICE_PER_MIN,
    exempt: v.RATE_LIMIT_EXEMPT,
    maxInFlight: v.MAX_IN_FLIGHT,
    deadlineMs: v.REQUEST_DEADLINE_MS,
  }),
);
