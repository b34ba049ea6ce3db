import type { IncomingMessage, ServerResponse } from 'node:http';
import { Notes, RequestContext } from '@prior/http';
import type { CachedReads } from '../engine/cached-reads';
import type { CachedAnswer, CachedQuestion } from '../engine/types';
import type { CachedInput, RawParams } from './cached.decorator';
import type { DirectHandlers, DirectCall } from './direct-handlers';
import type { EarlyAnswers } from './early-answers';
import { encoded, encodingFor, readyVariant, type Variant } from './encoding';
import { type CachedRoute, inputOf, nameOf, type Questions } from './questions';

interface Direct extends CachedRoute {
  readonly call: DirectCall;
}

/** A request that was understood before the pipeline. */
export interface Understood extends Pick<CachedQuestion, 'key' | 'tags'> {
  readonly direct: Direct;
  readonly input: CachedInput;
}

/** An answer that was loaded for a request, ready to be sent. */
export interface Fresh {
  readonly answer: CachedAnswer;
  readonly variant: Variant;
}

/**
 * Loads before Nest's pipeline: the same questions to the same cache, and the handler is called with what was validated,
 * as the pipeline would call it. It knows no route that has not been through the pipeline before, and answers nothing but
 * plain misses; whatever else comes of a question is handed over to the pipeline, which answers it without asking again.
 */
export class EarlyLoads {
  private readonly routes = new Map<string, Direct | undefined>();
  private readonly outcomes = new Notes<() => Promise<CachedAnswer>>();

  constructor(
    private readonly reads: CachedReads,
    private readonly early: EarlyAnswers,
    private readonly questions: Questions,
    private readonly handlers: DirectHandlers,
  ) {}

  /** A route leads to this handler. */
  learn(route: CachedRoute): void {
    if (this.routes.has(route.route)) return;
    const call = this.handlers.callOf(route.handler);
    this.routes.set(route.route, call && { ...route, call });
  }

  /**
   * What a request asks, as the pipeline would understand it; its spelling is known from then on.
   *
   * @param route pattern of the route that it leads to
   * @param params from the path, decoded
   * @param query as Fastify parses it
   * @returns undefined when that is the pipeline's to say: the route was not used before, the handler needs more than
   *   these, or they are not valid
   */
  understand(url: string, route: string, params: RawParams, query: unknown): Understood | undefined {
    const direct = this.routes.get(route);
    if (!direct) return undefined;
    try {
      const input = inputOf(direct.options, { params, query });
      if (!input) return undefined;
      const { key, tags } = nameOf(direct, input);
      this.early.learn(url, { key, tags });
      return { key, tags, direct, input };
    } catch {
      return undefined; // a mistake of the feature's: the pipeline makes a 500 of it
    }
  }

  /**
   * Asks the cache, which loads what it does not have.
   *
   * @param id of the request
   * @returns undefined when the pipeline has to answer: it goes on from the outcome, be it a failure. Never rejects
   */
  async load(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    understood: Understood,
  ): Promise<Fresh | undefined> {
    const { key, direct, input } = understood;
    const context = new RequestContext(id, response);
    let shared = true;
    try {
      const { headers } = request;
      const asker = {
        userAgent: headers['user-agent'],
        consistency: 'normal',
        signal: context.signal,
        look: this.early.lookOf(request),
      } as const;
      const question = this.questions.of(direct, understood, input, asker, (load) =>
        direct.call(input, load),
      );
      const answer = await this.reads.read(question);
      shared = answer.outcome === 'HIT' || answer.outcome === 'MISS';
      this.outcomes.set(request, () => Promise.resolve(answer));
      if (answer.outcome !== 'MISS' || answer.held.entry.status !== 200) return undefined;
      const encoding = encodingFor(headers['accept-encoding']);
      return {
        answer,
        variant: readyVariant(answer.held, encoding) ?? (await encoded(answer.held, encoding)),
      };
    } catch (error) {
      this.outcomes.set(request, () => Promise.reject(error as Error));
      return undefined;
    } finally {
      context.end();
      this.early.answered(key, shared);
    }
  }

  /** Whether a request has been here. */
  hasHandedOver(request: IncomingMessage): boolean {
    return this.outcomes.get(request) !== undefined;
  }

  /** What came of a request that has been here, for the pipeline; undefined if it has not. */
  handedOver(request: IncomingMessage): Promise<CachedAnswer> | undefined {
    return this.outcomes.get(request)?.();
  }
}
