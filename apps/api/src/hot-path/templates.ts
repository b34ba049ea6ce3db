import type { IncomingHttpHeaders } from 'node:http';
import { type CachedAnswer, routeOf, type Variant, type Written } from '@prior/cache';
import { metrics } from '@prior/telemetry';
import type { RouteLimit } from '@prior/traffic';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isPlain, variantName } from './plain';
import { type Replay, Template } from './replay';

/** Routes, outcomes, encodings and origins are few; more than this are not kept. */
const MAX_TEMPLATES = 2_000;

/**
 * The heads of plain answers, by route, outcome, encoding and origin: as the first of each left the long way, through
 * every hook. So what a hook adds to answers needs no line here.
 */
export class Templates {
  private readonly kept = new Map<string, Template>();

  /** @param origins whose scripts may read answers; the heads for others are not kept, they would be without number */
  constructor(private readonly origins: ReadonlySet<string>) {}

  /** Keeps the head of a plain answer that is about to be sent in whole. */
  record(request: FastifyRequest, reply: FastifyReply, { key, variant, outcome }: Written): void {
    const { raw, headers, routeOptions } = request;
    if (reply.statusCode !== 200 || raw.method !== 'GET' || this.kept.size >= MAX_TEMPLATES) return;
    if (!isPlain(headers) || !this.mayRead(headers)) return;
    const name = nameOf(key, outcome, variant, headers);
    if (this.kept.has(name)) return;
    const template = Template.of(reply.getHeaders(), {
      seriesOf: (status) => metrics.http.duration.series('GET', routeOptions.url ?? 'none', status),
      limit: routeOptions.config.rateLimit as RouteLimit | undefined,
    });
    if (template) this.kept.set(name, template);
  }

  /** @returns undefined when the long way has to send it */
  fill(
    key: string,
    answer: CachedAnswer,
    variant: Variant,
    headers: IncomingHttpHeaders,
  ): Replay | undefined {
    return this.kept.get(nameOf(key, answer.outcome, variant, headers))?.fill(answer, variant);
  }

  private mayRead({ origin }: IncomingHttpHeaders): boolean {
    return origin === undefined || this.origins.has(origin);
  }
}

const nameOf = (key: string, outcome: string, { encoding }: Variant, { origin }: IncomingHttpHeaders) =>
  `${routeOf(key)} ${outcome} ${variantName(encoding, origin)}`;
