import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { AppConfig } from '@prior/config';
import { ClientAddresses, Networks } from '@prior/traffic';
import { type Check, fail, grade, type Group, pass, skipped, warn } from '../check';
import { type Answer, ask } from '../http/ask';
import { directive, edgeOf } from '../http/cdn';
import { messageOf } from '../run-checks';
import { duration } from '../units';

/** The same list twice, and once as somebody who is signed in. */
export interface EdgeSubject {
  readonly url: string;
  /** Whether the operator named the address, so that a CDN may be expected. */
  readonly isPublic: boolean;
  readonly first: Answer;
  readonly second: Answer;
  readonly signedIn: Answer;
  readonly config: AppConfig;
}

const PATH = '/api/products?limit=5';

/** @param base the address that clients use, or the API's own. @throws TimeLimitError, fetch's error */
export async function lookThrough(base: string, isPublic: boolean, config: AppConfig): Promise<EdgeSubject> {
  const url = new URL(PATH, base).toString();
  const first = await ask(url);
  const second = await ask(url);
  const signedIn = await ask(url, { cookie: 'auth_token=none-of-a-customer' });
  return { url, isPublic, first, second, signedIn, config };
}

type EdgeCheck = Check<EdgeSubject>;

const status: EdgeCheck = {
  name: 'answer',
  target: '200, first byte < 200 ms',
  cure: 'curl -i the address above; see "API processes" and the API’s log',
  look: ({ first, second }) =>
    grade(
      `${first.status}, first byte ${duration(first.firstByteMs)}, then ${duration(second.firstByteMs)}`,
      {
        fail: first.status >= 400 && first.status !== 429,
        warn: first.status !== 200 || second.firstByteMs >= 200,
      },
    ),
};

const cacheControl: EdgeCheck = {
  name: 'Cache-Control',
  target: 'public, s-maxage > 0',
  cure: 'CACHE_S_MAXAGE_S=30 and CACHE_MAX_AGE_S=30; a proxy in between may also have taken the header away',
  look: ({ first }) => {
    const value = first.headers.get('cache-control');
    if (value === null) return fail('there is none');
    const shared = directive(first.headers, 's-maxage') ?? directive(first.headers, 'max-age') ?? 0;
    return grade(value, { fail: /no-store|private/.test(value), warn: shared === 0 });
  },
};

const validators: EdgeCheck = {
  name: 'ETag and compression',
  target: 'both',
  cure: 'See that no proxy in between takes ETag or Accept-Encoding away (nginx: gzip off for /api/)',
  look: ({ first }) => {
    const [tag, encoding] = [first.headers.get('etag'), first.headers.get('content-encoding')];
    return grade(`${tag === null ? 'no ETag' : 'ETag'}, ${encoding ?? 'not compressed'}`, {
      warn: tag === null || (encoding === null && first.body.length > 2_000),
    });
  },
};

const cdn: EdgeCheck = {
  name: 'CDN',
  target: 'there is one',
  cure: 'Set one up: deploy/edge has Cloudflare’s rules, Varnish and nginx. Then: npm run doctor -- --url https://…',
  look: ({ second, isPublic }) => {
    const { name } = edgeOf(second.headers);
    if (name !== undefined) return pass(name);
    if (!isPublic)
      return skipped('this is the API itself', {
        cure: 'npm run doctor -- --url https://the.public.address',
      });
    return warn('none: no cf-ray, x-amz-cf-id, x-varnish, Via or Cache-Status of another');
  },
};

const hit: EdgeCheck = {
  name: 'the second time',
  target: 'HIT at the edge',
  cure: 'curl -sI the address twice; the edge’s rule for /api/products must be "eligible for cache" (deploy/edge)',
  look: ({ second }) => {
    const { name, hit: isHit } = edgeOf(second.headers);
    if (name === undefined) return skipped('no CDN');
    if (isHit === undefined) return skipped(`${name} does not say`);
    const age = second.headers.get('age');
    return grade(`${isHit ? 'HIT' : 'MISS'}${age === null ? '' : `, Age ${age}`}`, { warn: !isHit });
  },
};

const bypass: EdgeCheck = {
  name: 'signed in (cookie auth_token)',
  target: 'never from the edge’s cache',
  cure: 'Let the edge pass requests with the cookie auth_token or Authorization to the origin (deploy/edge)',
  look: ({ signedIn }) => {
    const { name, hit: isHit } = edgeOf(signedIn.headers);
    if (name === undefined) return skipped('no CDN');
    return grade(isHit ? 'HIT: one answer for everybody' : 'goes to the origin', { fail: isHit === true });
  },
};

const dns: EdgeCheck = {
  name: 'DNS',
  target: 'the CDN’s addresses',
  cure: 'Point the name at the CDN (dig +short NAME); an A record of the origin lets everybody go round it',
  look: async ({ url, second, isPublic }) => {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    if (!isPublic || isIP(host) !== 0) return skipped(`${host} is an address, not a name`);
    const found = await lookup(host, { all: true });
    const value = found.map(({ address }) => address).join(', ');
    return grade(value, { warn: edgeOf(second.headers).name === undefined });
  },
};

const abroad: EdgeCheck = {
  name: 'from other continents',
  target: '< 200 ms',
  cure: '',
  look: () =>
    skipped('needs machines there: run curl -w "%{time_total}" from each, or a service of your choice'),
};

/** Asked at its own address, the API sees that address; what it sees behind an edge is not known here. */
const isExempt = ({ url, isPublic, config: { traffic } }: EdgeSubject): boolean =>
  !isPublic &&
  new Networks(traffic.exempt).has(new ClientAddresses([]).of(new URL(url).hostname, {}).address);

const policy: EdgeCheck = {
  name: 'RateLimit headers',
  target: 'RateLimit, RateLimit-Policy',
  cure: 'RATE_LIMIT_READ_PER_MIN limits; if it is set, a proxy takes the headers away, or another server answers',
  look: (subject) => {
    const { signedIn, first, config } = subject;
    // An answer out of the edge's cache has none: the edge leaves them out, or shows somebody else's.
    const { headers } = edgeOf(signedIn.headers).hit === true ? first : signedIn;
    const value =
      headers.get('ratelimit-policy') ??
      first.headers.get('ratelimit-policy') ??
      headers.get('x-ratelimit-limit');
    const configured = `${config.traffic.readPerMin} reads, ${config.traffic.writePerMin} writes a minute`;
    if (value !== null) return pass(`${value}; configured: ${configured}`);
    if (isExempt(subject)) return skipped('this address is exempt (RATE_LIMIT_EXEMPT)');
    const none = `none (configured: ${configured})`;
    if (config.traffic.exempt.length === 0) return fail(none);
    return warn(none, {
      cure: 'RATE_LIMIT_EXEMPT covers the address that the API sees: ask from another; or a proxy takes the headers away',
    });
  },
};

const clients: EdgeCheck = {
  name: 'who is limited',
  target: 'each client',
  cure: 'TRUST_PROXY=cloudflare (or the networks of the proxies), or all clients of a proxy share one limit',
  look: ({ second, config: { traffic } }) => {
    const { name } = edgeOf(second.headers);
    const trusted = traffic.trustProxy.join(', ');
    if (name === undefined)
      return pass(trusted === '' ? 'by the address of the connection' : `proxies: ${trusted}`);
    return grade(trusted === '' ? `${name} as one client` : `clients behind ${trusted}`, {
      fail: trusted === '',
    });
  },
};

export const edge: Group<EdgeSubject> = {
  name: 'Through the edge',
  checks: [status, cacheControl, validators, cdn, hit, bypass, dns, abroad],
};

export const rateLimit: Group<EdgeSubject> = { name: 'Rate limits', checks: [policy, clients] };

/** Shown where nobody answers. */
export const noEdge: Group<{ readonly error: unknown; readonly isPublic: boolean }> = {
  name: 'Through the edge',
  checks: [
    {
      name: 'answer',
      target: '200',
      cure: 'curl -i the address; correct --url, or see whether the API behind it runs',
      look: ({ error, isPublic }) =>
        isPublic
          ? fail(messageOf(error))
          : skipped(`no API here: ${messageOf(error)}`, {
              cure: 'npm run doctor -- --url https://the.public.address (or start the API: npm start)',
            }),
    },
  ],
};
