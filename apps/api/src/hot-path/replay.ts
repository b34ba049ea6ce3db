import { validateHeaderName, validateHeaderValue } from 'node:http';
import { type AtHand, type CachedAnswer, etagFor } from '@prior/cache';
import type { Distribution } from '@prior/telemetry';
import type { RouteLimit } from '@prior/traffic';
import { flat, Sending } from './sending';

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

export interface TemplateOptions {
  readonly seriesOf: (status: string) => Distribution;
  readonly limit: RouteLimit | undefined;
}

/** Lines that many answers have in common are kept once. */
const shared = new Map<string, string>();
const MAX_SHARED = 1_000;

function share(lines: string): string {
  const known = shared.get(lines);
  if (known !== undefined) return known;
  const kept = flat(lines);
  if (shared.size < MAX_SHARED) shared.set(kept, kept);
  return kept;
}

/** The head of a hit without what is the entry's own: good for all entries that ever answer this question. */
export class Template {
  private constructor(
    readonly lines: string,
    readonly ofBody: string,
    readonly ofQuestion: string,
    readonly series: { readonly whole: Distribution; readonly notModified: Distribution },
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
    const series = { whole: seriesOf('200'), notModified: seriesOf('304') };
    return new Template(share(lines), share(ofBody), flat(ofQuestion), series, limit);
  }

  /**
   * @returns undefined for an entry without a validator, one too long to be kept twice, and one whose headers could not
   *   be sent: the long way says what is wrong with them
   */
  fill(found: AtHand): Replay | undefined {
    const { entry } = found.held;
    const { body, encoding } = found.variant;
    if (entry.etag === '' || body.length > MAX_BODY) return undefined;
    const etag = flat(etagFor(entry.etag, encoding));
    let own = this.ofQuestion;
    let links = '';
    let type = '';
    try {
      own += lineOf('etag', etag);
      for (const name in entry.headers) links += lineOf(name, entry.headers[name]!);
      type = lineOf('content-type', entry.contentType);
    } catch {
      return undefined;
    }
    return new Replay(this, found, etag, own, { shared: share(this.lines + this.ofBody + type), links });
  }
}

/** A hit that can be sent again. */
export class Replay {
  readonly whole: Sending;
  private known304: Sending | undefined;
  private readonly answer: CachedAnswer;

  /**
   * @param own header lines of this entry
   * @param ofWhole those that only a 200 has: what many answers have in common, and the entry's headers
   */
  constructor(
    private readonly template: Template,
    found: AtHand,
    readonly etag: string,
    private readonly own: string,
    ofWhole: { readonly shared: string; readonly links: string },
  ) {
    const { held, tier, variant } = found;
    const { body } = variant;
    this.answer = { held, outcome: 'HIT', detail: tier };
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
