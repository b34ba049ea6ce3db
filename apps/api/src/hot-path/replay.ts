import { validateHeaderName, validateHeaderValue } from 'node:http';
import { type AtHand, cacheStatus, etagFor } from '@prior/cache';
import type { Distribution } from '@prior/telemetry';
import type { RouteLimit } from '@prior/traffic';
import { connectionLines } from './whole-answer';

/** Headers that are the same in all hits on one variant of an answer. Whoever adds a header to answers decides here. */
const KEPT = new Set([
  'access-control-allow-credentials',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'age', // of a hit: 0
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
  'content-type',
  'etag',
  'link',
  'ratelimit',
  'ratelimit-policy',
  'x-request-id',
]);
/** Headers about a body, which a 304 does not have. */
const OF_BODY = new Set(['content-encoding']);
/** The same in all hits on one question; what else is kept is the same for many questions. */
const OF_QUESTION = new Set(['cache-tag']);
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
      this.text = Buffer.from(`${STATUS_LINES[this.status]}${this.lines}${ending}`, 'latin1').toString(
        'latin1',
      );
    }
    return this.text;
  }
}

const STATUS_LINES = { 200: 'HTTP/1.1 200 OK\r\n', 304: 'HTTP/1.1 304 Not Modified\r\n' };

export interface TemplateOptions {
  readonly seriesOf: (status: string) => Distribution;
  readonly limit: RouteLimit | undefined;
}

/** Lines that many templates have in common are kept once. */
const shared = new Map<string, string>();
const MAX_SHARED = 1_000;

function share(lines: string): string {
  const known = shared.get(lines);
  if (known !== undefined) return known;
  if (shared.size < MAX_SHARED) shared.set(lines, lines);
  return lines;
}

/** The head of a hit without what is the entry's own: good for all entries that ever answer this question. */
export class Template {
  private constructor(
    private readonly lines: string,
    private readonly ofBody: string,
    private readonly ofQuestion: string,
    private readonly whole: Distribution,
    private readonly notModified: Distribution,
    readonly limit: RouteLimit | undefined,
  ) {}

  /** Characters that only this one has, and something for the rest. */
  get size(): number {
    return this.ofQuestion.length + 200;
  }

  /**
   * @param headers of a hit as it was sent
   * @returns undefined where a header is neither everybody's nor known to be made anew: that answer is not repeated
   * @throws TypeError when a header could not be sent at all
   */
  static of(
    headers: Readonly<Record<string, unknown>>,
    { seriesOf, limit }: TemplateOptions,
  ): Template | undefined {
    let lines = '';
    let ofBody = '';
    let ofQuestion = '';
    for (const name in headers) {
      if (MADE_ANEW.has(name)) continue;
      const line = lineOf(name, String(headers[name]));
      if (OF_QUESTION.has(name)) ofQuestion += line;
      else if (OF_BODY.has(name)) ofBody += line;
      else if (KEPT.has(name)) lines += line;
      else return undefined;
    }
    return new Template(share(lines), ofBody, ofQuestion, seriesOf('200'), seriesOf('304'), limit);
  }

  /**
   * @returns undefined for an entry without a validator, one too long to be kept twice, and one whose headers could not
   *   be sent: the long way says what is wrong with them
   */
  fill({ held, variant, tier }: AtHand): Replay | undefined {
    const { entry } = held;
    const { body, encoding } = variant;
    if (entry.etag === '' || body.length > MAX_BODY) return undefined;
    const etag = etagFor(entry.etag, encoding);
    let own = '';
    let type = '';
    try {
      own = lineOf('etag', etag);
      for (const name in entry.headers) own += lineOf(name, entry.headers[name]!);
      type = lineOf('content-type', entry.contentType);
    } catch {
      return undefined;
    }
    const lines = this.lines + this.ofQuestion + own;
    const whole = `${lines}${this.ofBody}${type}content-length: ${body.length}\r\n`;
    const status = () => cacheStatus({ held, outcome: 'HIT', detail: tier });
    return {
      tier,
      etag,
      whole: new Sending(200, whole, body.toString('latin1'), this.whole, status),
      notModified: new Sending(304, lines, '', this.notModified, status),
      limit: this.limit,
    };
  }
}

/** A hit that can be sent again. */
export interface Replay {
  readonly tier: AtHand['tier'];
  readonly etag: string;
  readonly whole: Sending;
  readonly notModified: Sending;
  readonly limit: RouteLimit | undefined;
}

/** Node checks headers when it sends them; these are sent without it. */
function lineOf(name: string, value: string): string {
  validateHeaderName(name);
  validateHeaderValue(name, value);
  return `${name}: ${value}\r\n`;
}
