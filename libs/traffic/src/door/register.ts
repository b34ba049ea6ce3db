import { type Problem, sendProblem } from '@prior/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { InFlightGate } from '../admission/in-flight-gate';
import { rateHeaders } from '../rate-limit/headers';
import { RateLimited } from '../rate-limit/rate-limited';
import type { RateDecision } from '../rate-limit/decision';
import { markDecided } from './decided';
import type { Door } from './door';

/** Probes are answered however much there is to do, and to however many askers. */
const isProbe = (request: FastifyRequest): boolean => (request.raw.url ?? '').startsWith('/health/');

/** Step 1: gate 1, before everything else. Call it before the other hooks are added. */
export function registerAdmission(fastify: FastifyInstance, gate: InFlightGate): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isProbe(request)) return done();
    if (gate.enter(request.raw, reply.raw)) done();
    else reply.hijack();
  });
}

/** Finds an answer in memory; the function that it returns sends it, once the request was counted. */
export type AnswerEarly = (request: FastifyRequest) => ((reply: FastifyReply) => void) | undefined;

export interface RateLimitHookOptions {
  /** Step 4: what the process has in memory, sent when the limit allows. */
  readonly answerEarly?: AnswerEarly;
  /** Refuses what has no prospect of an answer now. Whoever is over the limit is told that instead. */
  readonly turnAway?: (request: FastifyRequest) => Problem | undefined;
}

/** Steps 2 to 4. Call it behind CORS and the security headers, so that a 429 carries them too. */
export function registerRateLimit(
  fastify: FastifyInstance,
  door: Door,
  options: RateLimitHookOptions = {},
): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isProbe(request)) {
      // Else the guard would count it: probes of many pods come from one node's address.
      markDecided(request.raw, 'exempt');
      return done();
    }
    const answer = options.answerEarly?.(request);
    const go = (made: RateDecision | undefined): void => {
      if (made && !made.allowed) return sendProblem(request, reply, new RateLimited(made));
      if (made) reply.headers(rateHeaders(made));
      if (answer) answer(reply);
      else done();
    };
    const { rateLimit } = request.routeOptions.config;
    const refused = answer || door.denied(request.raw, rateLimit) ? undefined : options.turnAway?.(request);
    if (refused) return sendProblem(request, reply, refused);
    const made = door.enter(request.raw, answer !== undefined, rateLimit);
    if (made instanceof Promise) made.then(go).catch(done);
    else go(made);
  });
}
