import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { AppConfig } from '@prior/config';
import type { FastifyInstance } from 'fastify';

/** Headers that a browser's script may read and send. */
const EXPOSED = [
  'Age',
  'ETag',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Cache',
  'X-Consistency-Token',
  'X-Request-Id',
];
const ACCEPTED = [
  'Authorization',
  'Cache-Control',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'X-Consistency-Token',
  'X-Request-Id',
];
const PREFLIGHT_MAX_AGE_S = 600;

/** Security headers, and CORS for the listed origins. */
export async function registerSecurity(
  fastify: FastifyInstance,
  { corsOrigins }: AppConfig['http'],
): Promise<void> {
  await fastify.register(helmet, {
    // There is nothing to render in JSON; /docs sets a policy of its own.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Other origins may read the answers where CORS lets them.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // What only old browsers know, or what only pages need, would be bytes on every answer.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  if (corsOrigins.length === 0) return;
  await fastify.register(cors, {
    origin: [...corsOrigins],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ACCEPTED,
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_MAX_AGE_S,
    strictPreflight: false,
  });
}
