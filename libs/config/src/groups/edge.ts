import { group } from '../group';
import { int, list, oneOf, optionalText, url } from '../variables';

const DOCS = 'see docs/edge.md';

/** The shared cache in front of the API, and how it is told that something has changed. */
export const edge = group(
  {
    EDGE: oneOf('EDGE', ['none', 'cloudflare', 'varnish'], {
      description: `Which edge is told to forget what a write has changed; ${DOCS}`,
      fallback: 'none',
    }),
    EDGE_CLOUDFLARE_ZONE: optionalText('EDGE_CLOUDFLARE_ZONE', {
      description: 'Id of the zone at Cloudflare, 32 hexadecimal digits; needed for EDGE=cloudflare',
      example: 'EDGE_CLOUDFLARE_ZONE=023e105f4ecef8ad9ca31a8372d0c353',
    }),
    EDGE_CLOUDFLARE_TOKEN: optionalText('EDGE_CLOUDFLARE_TOKEN', {
      description:
        'API token at Cloudflare with the permission Zone / Cache Purge; needed for EDGE=cloudflare',
      secret: true,
    }),
    EDGE_CLOUDFLARE_API: url('EDGE_CLOUDFLARE_API', {
      description:
        'Address of Cloudflare’s API, for tests; https://api.cloudflare.com/client/v4 when not set',
      example: 'EDGE_CLOUDFLARE_API=https://api.cloudflare.com/client/v4',
      protocols: ['https:', 'http:'],
      optional: true,
    }),
    EDGE_VARNISH_URLS: list(
      'EDGE_VARNISH_URLS',
      {
        description: 'Every Varnish server, as the API reaches it; needed for EDGE=varnish',
        example: 'EDGE_VARNISH_URLS=http://varnish-1:6081,http://varnish-2:6081',
        wants: 'a URL that starts with http:// or https://',
      },
      (item) => (/^https?:$/.test(URL.canParse(item) ? new URL(item).protocol : '') ? item : undefined),
    ),
    EDGE_VARNISH_SECRET: optionalText('EDGE_VARNISH_SECRET', {
      description: 'Secret that the Varnish servers ask for, at least 16 characters; needed for EDGE=varnish',
      example: 'EDGE_VARNISH_SECRET=<the output of: openssl rand -hex 24>',
      minLength: 16,
      secret: true,
    }),
    EDGE_PURGES_PER_MIN: int('EDGE_PURGES_PER_MIN', {
      description:
        'Purge calls a minute that this host may make, divided between its workers; 0 for 300 at Cloudflare (its Pro plan) and 6000 at Varnish',
      fallback: 0,
    }),
    EDGE_PURGE_BURST: int('EDGE_PURGE_BURST', {
      description:
        'Purge calls that may be saved up while nothing changes; 0 for 25 at Cloudflare (its Pro plan) and 200 at Varnish',
      fallback: 0,
    }),
    EDGE_PURGE_QUEUE: int('EDGE_PURGE_QUEUE', {
      description: 'Tags that wait to be purged in one process before it purges everything instead',
      fallback: 5_000,
      min: 1,
    }),
  },
  (v, problem) => {
    const needs = (variable: keyof typeof v) => {
      const value = v[variable];
      if (value === null || (Array.isArray(value) && value.length === 0)) {
        problem(variable, `is missing: EDGE=${v.EDGE} needs it; ${DOCS}`);
      }
    };
    if (v.EDGE === 'cloudflare') {
      needs('EDGE_CLOUDFLARE_ZONE');
      needs('EDGE_CLOUDFLARE_TOKEN');
      if (v.EDGE_CLOUDFLARE_ZONE && !/^[0-9a-f]{32}$/i.test(v.EDGE_CLOUDFLARE_ZONE)) {
        problem('EDGE_CLOUDFLARE_ZONE', 'must be 32 hexadecimal digits, as on the overview page of the zone');
      }
    }
    if (v.EDGE === 'varnish') {
      needs('EDGE_VARNISH_URLS');
      needs('EDGE_VARNISH_SECRET');
    }
    const usual = v.EDGE === 'varnish' ? { perMin: 6_000, burst: 200 } : { perMin: 300, burst: 25 };
    return {
      kind: v.EDGE,
      cloudflare: {
        api: v.EDGE_CLOUDFLARE_API ?? 'https://api.cloudflare.com/client/v4',
        zone: v.EDGE_CLOUDFLARE_ZONE ?? '',
        token: v.EDGE_CLOUDFLARE_TOKEN ?? '',
      },
      varnish: { urls: v.EDGE_VARNISH_URLS, secret: v.EDGE_VARNISH_SECRET ?? '' },
      purgesPerMin: v.EDGE_PURGES_PER_MIN || usual.perMin,
      purgeBurst: v.EDGE_PURGE_BURST || usual.burst,
      purgeQueue: v.EDGE_PURGE_QUEUE,
    };
  },
);
