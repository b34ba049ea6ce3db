import {
  EmptyAnswer,
  noneMatch,
  NotModified,
  PRIVATE,
  Problem,
  type ProblemCode,
  publicCacheControl,
  type RequestContext,
} from '@prior/http';
import type { AppConfig } from '@prior/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CachedAnswer } from '../engine/types';
import { encoded, encodingFor, etagFor, type Variant } from './encoding';
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
   * Writes the headers and returns the body in its encoding.
   * @throws Problem for a cached 404, EmptyAnswer for a redirect or a 304
   */
  async respond(
    request: FastifyRequest,
    reply: FastifyReply,
    context: RequestContext | undefined,
    answer: CachedAnswer,
  ): Promise<Variant> {
    const { entry } = answer.held;
    if (entry.status === 404) {
      this.describe(reply, answer);
      const { code, detail } = JSON.parse(entry.body.toString()) as NegativeBody;
      throw new Problem(code, { detail });
    }
    const variant = await encoded(answer.held, encodingFor(request.headers['accept-encoding']));
    const body = this.write(request, reply, context, answer, variant);
    if (entry.status !== 200) throw new EmptyAnswer(entry.status, onward(entry.headers, request.raw.url));
    if (!body) throw new NotModified();
    return variant;
  }

  /** The same without waiting, for bodies that are there already. @returns undefined for a 304 */
  write(
    request: FastifyRequest,
    reply: FastifyReply,
    context: RequestContext | undefined,
    answer: CachedAnswer,
    { body, encoding }: Variant,
  ): Buffer | undefined {
    const { entry } = answer.held;
    this.describe(reply, answer);
    this.audience(reply, context, answer);
    if (answer.outcome === 'HIT' || answer.outcome === 'STALE') reply.header('age', ageOf(answer));
    reply.header('vary', withVary(reply.getHeader('vary'), 'Accept-Encoding'));
    const etag = entry.etag && etagFor(entry.etag, encoding);
    if (etag) reply.header('etag', etag);
    // Whoever has the answer has its links too: a 304 is not to repeat them (RFC 9110, section 15.4.5).
    if (etag && noneMatch(request.headers['if-none-match'], etag)) return undefined;
    for (const name in entry.headers) reply.header(name, entry.headers[name]);
    if (!etag) return body;
    if (encoding) reply.header('content-encoding', encoding);
    reply.header('content-type', entry.contentType);
    return body;
  }

  private describe(reply: FastifyReply, answer: CachedAnswer): void {
    reply.header('x-cache', answer.outcome).header('cache-status', cacheStatus(answer));
  }

  /** Answers to one person, and answers without proof, are kept by nobody. */
  private audience(
    reply: FastifyReply,
    context: RequestContext | undefined,
    { held, outcome, detail }: CachedAnswer,
  ): void {
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

/**
 * A redirect goes on with the query of each request. It cannot be kept with the answer, whose key has the validated
 * parameters alone. Node lets only visible ASCII into a URL, so it is fit for a header as it is.
 */
function onward(headers: Readonly<Record<string, string>>, url = ''): Readonly<Record<string, string>> {
  const [, query] = /^[^?#]*(\?[^#]+)/.exec(url) ?? [];
  return headers['location'] === undefined || query === undefined
    ? headers
    : { ...headers, location: headers['location'] + query };
}
