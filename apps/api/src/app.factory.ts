import 'reflect-metadata';
import type { LoggerService, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '@prior/config';
import { addConsistencyHooks, ConsistencyTokens, EarlyAnswers, EarlyLoads } from '@prior/cache';
import { fastifyOptions, prepareFastify, workClassAtDoor } from '@prior/http';
import { AdmissionGate, Door, InFlightGate, registerAdmission, registerRateLimit } from '@prior/traffic';
import type { FastifyInstance } from 'fastify';
import { AppModule } from './app.module';
import { mountDocs } from './documentation';
import { HotPath } from './hot-path';
import { registerSecurity } from './security';

export interface AppOptions {
  /** Without one, nothing but errors is written. */
  readonly logger?: LoggerService;
  /** Lays everything out without connecting to anything: enough for the OpenAPI document. */
  readonly preview?: boolean;
  /** Modules beside the application's own, for tests. */
  readonly modules?: ModuleMetadata['imports'];
}

/**
 * The application, complete but not listening. Every process and every test uses this one.
 *
 * @throws DatabaseUnavailable when no database server answers at all
 */
export async function createApp(
  config: AppConfig,
  { logger, preview = false, modules }: AppOptions = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(fastifyOptions(config.http));
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, modules), adapter, {
    // Bodies are parsed by Fastify alone, as prepareFastify says.
    bodyParser: false,
    abortOnError: false,
    preview,
    logger: logger ?? ['error', 'fatal'],
  });
  app.setGlobalPrefix('api', { exclude: ['health/*path'] });
  // Nest carries a copy of Fastify's types of its own.
  try {
    if (!preview) await prepareServer(app, adapter.getInstance() as unknown as FastifyInstance, config);
    await app.init();
  } catch (error) {
    await app.close(); // connections and timers of what had begun
    throw error;
  }
  return app;
}

/** What a request passes before Nest's own pipeline, in this order. */
async function prepareServer(
  app: NestFastifyApplication,
  fastify: FastifyInstance,
  config: AppConfig,
): Promise<void> {
  registerAdmission(fastify, app.get(InFlightGate));
  prepareFastify(fastify);
  await registerSecurity(fastify, config.http);
  addConsistencyHooks(fastify, app.get(ConsistencyTokens));
  const early = app.get(EarlyAnswers);
  const loads = app.get(EarlyLoads);
  const gate = app.get(AdmissionGate);
  const origins = new Set(config.http.corsOrigins);
  const hotPath = new HotPath(early, loads, app.get(Door), origins, {
    inFlight: app.get(InFlightGate),
    admission: gate,
  });
  hotPath.goBefore(fastify);
  registerRateLimit(fastify, app.get(Door), {
    answerEarly: (request) => {
      // What was loaded for it already is in L1 by now, and no hit.
      const found = loads.hasHandedOver(request.raw) ? undefined : early.find(request);
      return (
        found &&
        ((reply) => {
          const body = early.write(request, reply, found);
          if (body) void reply.send(body);
          else void reply.code(304).send();
        })
      );
    },
    turnAway: (request) =>
      hotPath.hasLetIn(request.raw) || early.remembers(request.raw)
        ? undefined
        : gate.turnAway(workClassAtDoor(request)),
  });
  mountDocs(app);
}
