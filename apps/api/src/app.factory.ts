import 'reflect-metadata';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '@prior/config';
import { fastifyOptions, prepareFastify } from '@prior/http';
import type { FastifyInstance } from 'fastify';
import { AppModule } from './app.module';
import { mountDocs } from './documentation';

export interface AppOptions {
  /** Without one, nothing but errors is written. */
  readonly logger?: LoggerService;
  /** Lays everything out without connecting to anything: enough for the OpenAPI document. */
  readonly preview?: boolean;
}

/** Headers that a browser's script may read and send. */
const EXPOSED = [
  'ETag',
  'Link',
  'Age',
  'Location',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'X-Cache',
  'X-Consistency-Token',
  'X-Request-Id',
];
const ACCEPTED = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Cache-Control',
  'X-Consistency-Token',
  'X-Request-Id',
];

/**
 * The application, complete but not listening. Every process and every test uses this one.
 *
 * @throws DatabaseUnavailable when no database server answers at all
 */
export async function createApp(
  config: AppConfig,
  { logger, preview = false }: AppOptions = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(fastifyOptions(config.http));
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  prepareFastify(fastify);

  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config), adapter, {
    // Bodies are parsed by Fastify alone, as prepareFastify says.
    bodyParser: false,
    abortOnError: false,
    preview,
    logger: logger ?? ['error', 'fatal'],
  });
  app.setGlobalPrefix('api', { exclude: ['health/*path'] });
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
  if (config.http.corsOrigins.length > 0) {
    await fastify.register(cors, {
      origin: [...config.http.corsOrigins],
      credentials: true,
      methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
      allowedHeaders: ACCEPTED,
      exposedHeaders: EXPOSED,
      maxAge: 600,
      strictPreflight: false,
    });
  }
  if (!preview) mountDocs(app);
  await app.init();
  await fastify.ready();
  return app;
}
