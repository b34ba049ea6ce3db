import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { inSpan } from '@prior/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { CachedReads } from '../engine/cached-reads';
import type { CachedAnswer, CachedQuestion } from '../engine/types';
import { CACHED, type CachedInput, type CachedOptions, type RawParams } from './cached.decorator';
import { EarlyAnswers } from './early-answers';
import { EarlyLoads } from './early-loads';
import { type CachedRoute, inputOf, nameOf, Questions } from './questions';
import { Responder } from './responder';

/** Owns caching: whatever handler wears `@Cached` is answered from L1, Redis or the database. */
@Injectable()
export class CacheInterceptor implements NestInterceptor {
  constructor(
    private readonly reads: CachedReads,
    private readonly responder: Responder,
    private readonly early: EarlyAnswers,
    private readonly loads: EarlyLoads,
    private readonly questions: Questions,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const handler = execution.getHandler();
    const options = Reflect.getMetadata(CACHED, handler) as CachedOptions | undefined;
    if (!options) return next.handle();
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const sent = { params: (request.params ?? {}) as RawParams, query: request.query };
    const input = inputOf(options, sent);
    // A question that does not validate is left to the pipes, which answer 400; it is never cached.
    if (!input) return next.handle();
    const reply = execution.switchToHttp().getResponse<FastifyReply>();
    const route = { route: request.routeOptions.url ?? '', handler, options };
    this.loads.learn(route);
    return from(this.answer(request, reply, this.question(request, route, input, next)));
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    question: CachedQuestion,
  ): Promise<unknown> {
    // Before the answer is there: whoever asks the same meanwhile will share it.
    this.early.learn(request.raw.url ?? '', question);
    // What the hot path has loaded and could not send.
    const before = question.consistency === 'normal' ? this.loads.handedOver(request.raw) : undefined;
    // A failure may be the leader's own: the next one tries.
    let shared = true;
    try {
      const answer = await (before ?? this.read(question));
      shared = answer.outcome === 'HIT' || answer.outcome === 'MISS';
      const variant = await this.responder.respond(request, reply, request.context, answer);
      if (answer.outcome === 'HIT' || answer.outcome === 'MISS')
        this.early.wrote(request.raw, { key: question.key, variant, outcome: answer.outcome });
      return variant.body;
    } finally {
      // Nobody waits for a reader who is owed more than the others, as what it gets is not stored; nor for one whose
      // outcome was told already, when somebody else leads by now.
      if (question.consistency === 'normal' && !before) this.early.answered(question.key, shared);
    }
  }

  private read(question: CachedQuestion): Promise<CachedAnswer> {
    return inSpan('cache.lookup', {}, async (span) => {
      const found = await this.reads.read(question);
      span?.setAttribute('prior.cache', found.outcome).setAttribute('prior.tier', found.detail);
      return found;
    });
  }

  private question(
    request: FastifyRequest,
    route: CachedRoute,
    input: CachedInput,
    next: CallHandler,
  ): CachedQuestion {
    const { context } = request;
    const asker = {
      userAgent: request.headers['user-agent'],
      consistency: context.consistency,
      signal: context.signal,
      look: this.early.lookOf(request.raw),
    };
    return this.questions.of(route, nameOf(route, input), input, asker, (load) => {
      context.load = load; // one request has one load: nobody else sets it before the handler has it
      return lastValueFrom(next.handle());
    });
  }
}
