import { EmptyAnswer, noneMatch, NotModified, PRIVATE, Problem, type ProblemCode, publicCacheControl, type RequestContext } from '@prior/http';
import type { AppConfig } from '@prior/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CachedAnswer } from '../engine/types';
import { encoded, encodingFor, etagFor } from './encoding';
import { ageOf, cacheStatus, cacheTagHeader, withVary } from './headers';

/** What a cached 404 remembers. */
export interface NegativeBody {
  readonly code: ProblemCode;
  readonly detail: string;
}

/** Turns a cached answer into a response: validators, encodings, and what browsers and the edge may do with it. */
export class Responder {
  private readonly publicControl: string;

  constructor(config: AppConfig['cache']) {
    this.publicControl = publicCacheControl(config);
  }

  /**
   * Writes the headers and returns the body.
   * @throws Problem for a cached 404, EmptyAnswer for a redirect or a 304
   */
  async respond(
    request: FastifyRequest,
    reply: FastifyReply,
    context: RequestContext | undefined,
    answer: CachedAnswer,
  ): Promise<Buffer> {
    const { held, outcome } = answer;
    const { entry } = held;
    reply.header('x-cache', outcome).header('cache-status', cacheStatus(answer));
    if (entry.status === 404) {
      const { code, detail } = JSON.parse(entry.body.toString()) as NegativeBody;
      throw new Problem(code, { detail });
    }
    this.audience(reply, context, answer);
    if (outcome === 'HIT' || outcome === 'STALE') reply.header('age', ageOf(answer));
    for (const [name, value] of Object.entries(entry.headers)) reply.header(name, value);
    reply.header('vary', withVary(reply.getHeader('vary'), 'Accept-Encoding'));
    if (entry.status !== 200) throw new EmptyAnswer(entry.status, entry.headers);
    const wanted = encodingFor(request.headers['accept-encoding']);
    const { body, encoding } = await encoded(held, wanted);
    const etag = etagFor(entry.etag, encoding);
    if (encoding) reply.header('content-encoding', encoding);
    reply.header('etag', etag);
    if (noneMatch(request.headers['if-none-match'], etag)) {
      reply.removeHeader('content-encoding');
      throw new NotModified();
    }
    reply.header('content-type', entry.contentType);
    return body;
  }

  /** Answers to one person, and answers without proof, are kept by nobody. */
  private audience(reply: FastifyReply, context: RequestContext | undefined, { held, outcome, detail }: CachedAnswer): void {
    const personal = context?.hasCredentials || (context && context.consistency !== 'normal');
    const unproven = outcome === 'STALE' && detail !== 'revalidating';
    const tags = cacheTagHeader(held.entry.tags);
    if (personal || unproven || tags === undefined) {
      reply.header('cache-control', PRIVATE);
      return;
    }
    reply.header('cache-control', this.publicControl);
    if (tags) reply.header('cache-tag', tags);
  }
}
