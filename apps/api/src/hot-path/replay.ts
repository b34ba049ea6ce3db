import type { Distribution } from '@prior/telemetry';
import type { RouteLimit } from '@prior/traffic';

/** Headers that are the same in all hits on one variant of an entry. Whoever adds a header to answers decides here. */
const KEPT = new Set([
  'access-control-allow-credentials',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'age', // of a hit: 0
  'cache-control',
  'cache-tag',
  'content-encoding',
  'content-security-policy',
  'content-type',
  'cross-origin-resource-policy',
  'etag',
  'link',
  'referrer-policy',
  'strict-transport-security',
  'vary',
  'x-cache',
  'x-content-type-options',
]);
/** Headers that are each request's own: made anew. */
const MADE_ANEW = new Set(['cache-status', 'ratelimit', 'ratelimit-policy', 'x-request-id']);
/** Headers about a body, which a 304 does not have. */
const OF_BODY = new Set(['content-type', 'content-encoding']);

/** One way of answering: names and values in turn, as `writeHead` takes them. */
export interface Sending {
  readonly status: number;
  readonly head: readonly string[];
  readonly body: Buffer | undefined;
  readonly series: Distribution;
}

export interface ReplayOptions {
  readonly seriesOf: (status: string) => Distribution;
  readonly limit: RouteLimit | undefined;
}

/** A hit that can be sent again. */
export class Replay {
  private constructor(
    readonly etag: string,
    readonly whole: Sending,
    readonly notModified: Sending,
    readonly limit: RouteLimit | undefined,
  ) {}

  /** @returns undefined where a header is neither everybody's nor known to be made anew: that answer is not repeated */
  static of(headers: Readonly<Record<string, unknown>>, body: Buffer, { seriesOf, limit }: ReplayOptions): Replay | undefined {
    const { etag } = headers;
    if (typeof etag !== 'string') return undefined;
    const head: string[] = [];
    const headWithoutBody: string[] = [];
    for (const name in headers) {
      if (MADE_ANEW.has(name)) continue;
      if (!KEPT.has(name)) return undefined;
      const pair = [name, String(headers[name])];
      head.push(...pair);
      if (!OF_BODY.has(name)) headWithoutBody.push(...pair);
    }
    head.push('content-length', String(body.length));
    return new Replay(
      etag,
      { status: 200, head, body, series: seriesOf('200') },
      { status: 304, head: headWithoutBody, body: undefined, series: seriesOf('304') },
      limit,
    );
  }
}
