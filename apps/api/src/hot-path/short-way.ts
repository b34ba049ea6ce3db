import type { IncomingMessage, ServerResponse } from 'node:http';
import { acceptsJson } from '@prior/http';
import type { EarlyLoads, Understood } from '@prior/cache';
import type { Door, InFlightGate, RateDecision, RouteLimit } from '@prior/traffic';
import type { Replay } from './replay';
import type { Routes } from './routes';
import type { Templates } from './templates';

/** Whom the rate limit has let in: what it said, or that it does not count them. */
export type LetIn = RateDecision | 'exempt';

/** What a request asks, and the limit that its route has of its own. */
export interface Asked {
  readonly understood: Understood;
  readonly limit: RouteLimit | undefined;
}

/**
 * What is not in the cache is loaded before Fastify and Nest, too: their hooks, guards, pipes and promises take about as
 * much of this process's time as the database's driver (docs/performance.md). The way has the same gates, asks the same
 * cache the same question, and calls the same handler. It sends plain misses; whatever else comes of it (what does not
 * exist, has moved, is stale, or has failed) goes on the long way, which answers it without asking anybody again.
 */
export class ShortWay {
  constructor(
    private readonly loads: EarlyLoads,
    private readonly door: Door,
    private readonly inFlight: Pick<InFlightGate, 'enter'>,
    private readonly routes: Routes,
    private readonly templates: Templates,
  ) {}

  /** What a request asks, whose spelling is known from then on; undefined when the long way has to find out. */
  understand({ url = '', headers }: IncomingMessage): Asked | undefined {
    if (!acceptsJson(headers.accept)) return undefined;
    const routed = this.routes.match(url);
    const understood = routed && this.loads.understand(url, routed.route, routed.params, routed.query);
    return understood && { understood, limit: routed.limit };
  }

  /**
   * Gate 1 and the rate limit, which Redis decides: this request may need the database.
   *
   * @returns undefined when there are too many requests, and this one is answered. `denied`: the long way answers,
   *   without counting again. Never rejects
   */
  enter(
    request: IncomingMessage,
    response: ServerResponse,
    { limit }: Asked,
  ): Promise<LetIn | 'denied'> | undefined {
    return this.inFlight.enter(request, response) ? this.count(request, limit) : undefined;
  }

  private async count(request: IncomingMessage, limit: RouteLimit | undefined): Promise<LetIn | 'denied'> {
    const made = await this.door.enter(request, false, limit);
    if (!made) return 'exempt';
    return made.allowed ? made : 'denied';
  }

  /**
   * @param id of the request
   * @returns undefined when the long way has to answer; it goes on from what has become of this. Never rejects
   */
  async load(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    { understood }: Asked,
  ): Promise<Replay | undefined> {
    const fresh = await this.loads.load(request, response, id, understood);
    return fresh && this.templates.fill(understood.key, fresh.answer, fresh.variant, request.headers);
  }
}
