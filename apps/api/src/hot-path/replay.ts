import { validateHeaderName, validateHeaderValue } from 'node:http';
import { type CachedAnswer, cacheTagHeader, etagFor, type Variant } from '@prior/cache';
import type { Distribution } from '@prior/telemetry';
import type { RouteLimit } from '@prior/traffic';
import { flat, Sending } from './sending';

/** Headers that are the same in all plain answers of a route. Whoever adds a header to answers decides here. */
const KEPT = new Set([
  'access-control-allow-credentials',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'age', // of a hit: 0; a miss has none
  'cache-control',
  'content-encoding',
  'content-security-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'strict-transport-security',
  'vary',
  'x-cache',
  'x-content-type-options',
]);
/** Headers that change with time or with the request, or come from the entry: made anew. */
const MADE_ANEW = new Set([
  'cache-status',
  'cache-tag',
  'content-type',
  'etag',
  'link',
  'ratelimit',
  'ratelimit-policy',
  'x-request-id',
]);
/** Headers about a body, which a 304 does not have. */
const OF_BODY = new Set(['content-encoding']);
/** Longer bodies are not kept twice, bytes. */
const MAX_BODY = 256 * 1_024;

export interface TemplateOptions {
  readonly seriesOf: (status: string) => Distribution;
  readonly limit: RouteLimit | undefined;
}

/** The head of an answer without what is the entry's own: good for all entries that the route ever answers with. */
export class Template {
  private ofType = { type: '', lines: '' };

  /** @param lines of all its answers @param ofBody of those with a body */
  private constructor(
    readonly lines: string,
    private readonly ofBody: string,
    readonly series: { readonly whole: Distribution; readonly notModified: Distribution },
    readonly limit: RouteLimit | undefined,
  ) {}

  /**
   * @param headers of a plain answer as it was sent
   * @returns undefined where a header is neither everybody's nor known to be made anew, and where it has no tags: that
   *   answer is not repeated
   * @throws TypeError when a header could not be sent at all
   */
  static of(
    headers: Readonly<Record<string, unknown>>,
    { seriesOf, limit }: TemplateOptions,
  ): Template | undefined {
    let lines = '';
    let ofBody = '';
    // Without them it is nobody's but the reader's.
    if (headers['cache-tag'] === undefined) return undefined;
    for (const name in headers) {
      if (MADE_ANEW.has(name)) continue;
      const line = lineOf(name, String(headers[name]));
      if (OF_BODY.has(name)) ofBody += line;
      else if (KEPT.has(name)) lines += line;
      else return undefined;
    }
    const series = { whole: seriesOf('200'), notModified: seriesOf('304') };
    return new Template(flat(lines), ofBody, series, limit);
  }

  /**
   * @returns undefined for an entry without a validator, one with too many tags to name, one too long to be kept twice,
   *   and one whose headers could not be sent: the long way says what is wrong with them
   */
  fill(answer: CachedAnswer, variant: Variant): Replay | undefined {
    const { entry } = answer.held;
    const { body, encoding } = variant;
    const tags = cacheTagHeader(entry.tags);
    if (!tags || entry.etag === '' || body.length > MAX_BODY) return undefined;
    const etag = flat(etagFor(entry.etag, encoding));
    let own = '';
    let links = '';
    let shared = '';
    try {
      own = lineOf('cache-tag', tags) + lineOf('etag', etag);
      for (const name in entry.headers) links += lineOf(name, entry.headers[name]!);
      shared = this.linesWith(entry.contentType);
    } catch {
      return undefined;
    }
    return new Replay(this, answer, body, etag, own, { shared, links });
  }

  /** A route's answers are of one type. @throws TypeError when it could not be sent */
  private linesWith(type: string): string {
    if (this.ofType.type !== type)
      this.ofType = { type, lines: flat(this.lines + this.ofBody + lineOf('content-type', type)) };
    return this.ofType.lines;
  }
}

/** An answer that can be sent, and sent again. */
export class Replay {
  readonly whole: Sending;
  private known304: Sending | undefined;

  /**
   * @param own header lines of this entry
   * @param ofWhole those that only a 200 has: what many answers have in common, and the entry's headers
   */
  constructor(
    private readonly template: Template,
    private readonly answer: CachedAnswer,
    body: Buffer,
    readonly etag: string,
    private readonly own: string,
    ofWhole: { readonly shared: string; readonly links: string },
  ) {
    this.whole = new Sending({
      status: 200,
      shared: ofWhole.shared,
      own: flat(`${own}${ofWhole.links}content-length: ${body.length}\r\n`),
      body,
      answer: this.answer,
      series: template.series.whole,
    });
  }

  /** Where the entry was found; the answer says so. */
  get tier(): string {
    return this.answer.detail;
  }

  get limit(): RouteLimit | undefined {
    return this.template.limit;
  }

  get notModified(): Sending {
    return (this.known304 ??= new Sending({
      status: 304,
      shared: this.template.lines,
      own: flat(this.own),
      answer: this.answer,
      series: this.template.series.notModified,
    }));
  }
}

/** Node checks headers when it sends them; these are sent without it. */
function lineOf(name: string, value: string): string {
  validateHeaderName(name);
  validateHeaderValue(name, value);
  return `${name}: ${value}\r\n`;
}
