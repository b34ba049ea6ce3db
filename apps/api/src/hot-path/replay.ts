import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Distribution } from '@prior/telemetry';
import type { RouteLimit } from '@prior/traffic';
import { connectionLines } from './whole-answer';

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
/** Headers that change with time or with the request: made anew. */
const MADE_ANEW = new Set(['cache-status', 'ratelimit', 'ratelimit-policy', 'x-request-id']);
/** Headers about a body, which a 304 does not have. */
const OF_BODY = new Set(['content-type', 'content-encoding']);
/** Longer bodies are not kept twice, bytes. */
const MAX_BODY = 256 * 1_024;

/** One way of answering. */
export class Sending {
  private second = NaN;
  private text = '';

  /** @param lines header lines, each with its end */
  constructor(
    readonly status: 200 | 304,
    private readonly lines: string,
    /** The bytes, one character each. */
    readonly body: string,
    readonly series: Distribution,
    private readonly cacheStatus: () => string,
  ) {}

  /**
   * The head, without what is the request's own and without its end. Made once a second, because it tells the time.
   *
   * @param now Unix time, ms
   */
  head(now: number, keepAliveTimeoutMs: number): string {
    const second = Math.floor(now / 1_000);
    if (second !== this.second) {
      this.second = second;
      const date = new Date(now).toUTCString();
      const ending = `cache-status: ${this.cacheStatus()}\r\nDate: ${date}\r\n${connectionLines(keepAliveTimeoutMs)}`;
      // Through a Buffer: a string that was put together of many would be put together anew for each answer.
      this.text = Buffer.from(`${STATUS_LINES[this.status]}${this.lines}${ending}`, 'latin1').toString('latin1');
    }
    return this.text;
  }
}

const STATUS_LINES = { 200: 'HTTP/1.1 200 OK\r\n', 304: 'HTTP/1.1 304 Not Modified\r\n' };

export interface ReplayOptions {
  readonly seriesOf: (status: string) => Distribution;
  readonly limit: RouteLimit | undefined;
  /** The entry's Cache-Status now. */
  readonly cacheStatus: () => string;
}

/** A hit that can be sent again. */
export class Replay {
  private constructor(
    readonly etag: string,
    readonly whole: Sending,
    readonly notModified: Sending,
    readonly limit: RouteLimit | undefined,
  ) {}

  /**
   * @returns undefined where a header is neither everybody's nor known to be made anew: that answer is not repeated
   * @throws TypeError when a header could not be sent at all
   */
  static of(
    headers: Readonly<Record<string, unknown>>,
    body: Buffer,
    { seriesOf, limit, cacheStatus }: ReplayOptions,
  ): Replay | undefined {
    const { etag } = headers;
    if (typeof etag !== 'string' || body.length > MAX_BODY) return undefined;
    let lines = '';
    let withoutBody = '';
    for (const name in headers) {
      if (MADE_ANEW.has(name)) continue;
      if (!KEPT.has(name)) return undefined;
      const line = lineOf(name, String(headers[name]));
      lines += line;
      if (!OF_BODY.has(name)) withoutBody += line;
    }
    lines += lineOf('content-length', String(body.length));
    return new Replay(
      etag,
      new Sending(200, lines, body.toString('latin1'), seriesOf('200'), cacheStatus),
      new Sending(304, withoutBody, '', seriesOf('304'), cacheStatus),
      limit,
    );
  }
}

/** Node checks headers when it sends them; these are sent without it. */
function lineOf(name: string, value: string): string {
  validateHeaderName(name);
  validateHeaderValue(name, value);
  return `${name}: ${value}\r\n`;
}
