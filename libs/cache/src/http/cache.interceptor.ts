import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '@prior/config';
import {
  currentContext,
  etagOf,
  getAnswerWriter,
  JSON_CONTENT_TYPE,
  Moved,
  Problem,
  workClassOf,
} from '@prior/http';
import { inSpan } from '@prior/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { CachedReads } from '../engine/cached-reads';
import type { CachedQuestion, Loaded } from '../engine/types';
import { EVERYTHING } from '../protocol/everything';
import { CACHED, type CachedInput, type CachedOptions, type RawParams } from './cached.decorator';
import { canonicalKey } from './canonical-key';
import { EarlyAnswers } from './early-answers';
import { type NegativeBody, Responder } from './responder';

/** Seconds that a 404 is kept: it carries tags, so creating the thing drops it at once. */
const NEGATIVE_TTL_S = 5;

/** Owns caching: whatever handler wears `@Cached` is answered from L1, Redis or the database. */
@Injectable()
export class CacheInterceptor implements NestInterceptor {
  constructor(
    private readonly reads: CachedReads,
    private readonly responder: Responder,
    private readonly early: EarlyAnswers,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const handler = execution.getHandler();
    const options = Reflect.getMetadata(CACHED, handler) as CachedOptions | undefined;
    if (!options) return next.handle();
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const input = inputOf(request, options);
    // A question that does not validate is left to the pipes, which answer 400; it is never cached.
    if (!input) return next.handle();
    const reply = execution.switchToHttp().getResponse<FastifyReply>();
    return from(this.answer(request, reply, this.question(request, handler, options, input, next)));
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    question: CachedQuestion,
  ): Promise<unknown> {
    // Before the answer is there: whoever asks the same meanwhile will share it.
    this.early.learn(request.raw.url ?? '', question);
    // A failure may be the leader's own: the next one tries.
    let shared = true;
    try {
      const answer = await inSpan('cache.lookup', {}, async (span) => {
        const found = await this.reads.read(question);
        span?.setAttribute('prior.cache', found.outcome).setAttribute('prior.tier', found.detail);
        return found;
      });
      shared = answer.outcome === 'HIT' || answer.outcome === 'MISS';
      const variant = await this.responder.respond(request, reply, currentContext(), answer);
      if (answer.outcome === 'HIT') {
        const tier = answer.detail === 'l1' ? 'l1' : 'l2';
        this.early.wrote(request.raw, { key: question.key, held: answer.held, variant, tier });
      }
      return variant.body;
    } finally {
      // Nobody waits for a reader who is owed more than the others: what it gets is not stored.
      if (question.consistency === 'normal') this.early.answered(question.key, shared);
    }
  }

  private question(
    request: FastifyRequest,
    handler: object,
    options: CachedOptions,
    input: CachedInput,
    next: CallHandler,
  ): CachedQuestion {
    const kind = options.workClass?.(input) ?? (options.ttl === 'detail' ? 'detail' : 'list');
    return {
      key: canonicalKey(request.routeOptions.url ?? '', input.params, input.query as Record<string, unknown>),
      // (A spread would leave room for more, in each entry.)
      tags: options.tags(input).concat(EVERYTHING),
      consistency: currentContext()?.consistency ?? 'normal',
      signal: currentContext()?.signal,
      workClass: workClassOf('GET', request.headers['user-agent'], kind),
      look: this.early.lookOf(request.raw),
      load: () => this.load(handler, options, input, next),
    };
  }

  private async load(
    handler: object,
    options: CachedOptions,
    input: CachedInput,
    next: CallHandler,
  ): Promise<Loaded> {
    const ttlS = options.ttl === 'detail' ? this.config.cache.ttlDetailS : this.config.cache.ttlListS;
    try {
      const value: unknown = await lastValueFrom(next.handle());
      const write = getAnswerWriter(handler);
      if (!write) throw new Error('A @Cached handler needs @Answer: the cache keeps finished bytes.');
      const body = write(value);
      const etag = etagOf(body);
      const prefix = options.etagPrefix?.(value) ?? '';
      return {
        status: 200,
        body,
        contentType: JSON_CONTENT_TYPE,
        etag: `"${prefix}${etag.slice(1)}`,
        headers: options.headers?.(value, input) ?? {},
        ttlS,
      };
    } catch (error) {
      return negative(error, ttlS);
    }
  }
}

/** What is not there, or has moved, is an answer too. @throws anything else */
function negative(error: unknown, ttlS: number): Loaded {
  const base = { contentType: JSON_CONTENT_TYPE, etag: '', headers: {} };
  if (error instanceof Problem && error.getStatus() === 404) {
    const body: NegativeBody = { code: error.code, detail: error.detail };
    return { ...base, status: 404, body: Buffer.from(JSON.stringify(body)), ttlS: NEGATIVE_TTL_S };
  }
  if (error instanceof Moved) {
    return { ...base, status: 301, body: Buffer.alloc(0), headers: { location: error.location }, ttlS };
  }
  throw error;
}

function inputOf(request: FastifyRequest, { params, query }: CachedOptions): CachedInput | undefined {
  const raw = (request.params ?? {}) as RawParams;
  const where = params?.safeParse(raw) ?? { success: true, data: raw };
  const what = query?.safeParse(request.query) ?? { success: true, data: {} };
  return where.success && what.success ? { params: where.data!, query: what.data } : undefined;
}
