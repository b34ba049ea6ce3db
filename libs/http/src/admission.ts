import type { FastifyRequest } from 'fastify';
import type { AbandonSignal } from './context/hang-up';
import { Problem } from './problems/problem';

/** Kinds of work by importance: under overload the last one is refused first. */
export const workClasses = [
  'health',
  'write',
  'detail',
  'list',
  'search',
  'crawler',
  /** Nobody waits for it: an answer that is refreshed before it expires. */
  'background',
] as const;
export type WorkClass = (typeof workClasses)[number];

export const isMoreImportant = (one: WorkClass, other: WorkClass): boolean =>
  workClasses.indexOf(one) < workClasses.indexOf(other);

/**
 * Why work was not begun: `shed` (too much waits), `expired` (its deadline passed in the queue),
 * `abandoned` (the client hung up).
 */
export type RefusalReason = 'shed' | 'expired' | 'abandoned';

/** Work that got no slot. Answered as 503 with a Retry-After that differs between clients. */
export class AdmissionRefused extends Problem {
  constructor(
    readonly reason: RefusalReason,
    retryAfterS: number,
  ) {
    super('overloaded', { headers: { 'retry-after': String(retryAfterS) } });
    this.name = 'AdmissionRefused';
  }
}

/** What admitted work is told. */
export interface Admitted {
  /** Aborted when nobody waits for the result any more; statements under way are then ended. */
  readonly signal: AbandonSignal | undefined;
  /** ms left until the deadline, 0 when it is over: the limit for statements. */
  remainingMs(): number;
}

/**
 * The gate before everything that needs a database connection. It lets through as much as the database does well
 * and refuses the rest within milliseconds.
 */
export interface DatabaseAdmission {
  /**
   * Runs `work` when there is a slot for it.
   *
   * @param signal of the client; work of one who hung up is dropped from the queue
   * @param deadlineMs from now, waiting included
   * @throws AdmissionRefused when it got no slot; otherwise what `work` throws
   */
  run<T>(
    workClass: WorkClass,
    signal: AbandonSignal | undefined,
    deadlineMs: number,
    work: (admitted: Admitted) => Promise<T>,
  ): Promise<T>;
}

/** Injection token of the {@link DatabaseAdmission}; libs/traffic provides it. */
export const DATABASE_ADMISSION = Symbol('DATABASE_ADMISSION');

/** No gate at all: for tools and tests without traffic. */
export const openAdmission: DatabaseAdmission = {
  run: (_workClass, signal, deadlineMs, work) => {
    const end = performance.now() + deadlineMs;
    return work({ signal, remainingMs: () => Math.max(0, Math.floor(end - performance.now())) });
  },
};

const SEARCH = /[?&]q=/;
const CRAWLER = /bot\b|crawl|spider|slurp|facebookexternalhit|headlesschrome|python-requests|scrapy/i;

/** The class as far as the address tells it: before validation nobody knows more. */
export function workClassAtDoor({ method, url, headers, routeOptions }: FastifyRequest): WorkClass {
  const details = routeOptions.url?.includes(':') ? 'detail' : 'list';
  return workClassOf(method, headers['user-agent'], SEARCH.test(url) ? 'search' : details);
}

/** The class of a GET before it was routed. A path of more than `/api/things` is about one of them. */
export function workClassOfUrl(url: string, userAgent: string | undefined): WorkClass {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  const kind = path.indexOf('/', '/api/'.length) === -1 ? 'list' : 'detail';
  return workClassOf('GET', userAgent, SEARCH.test(url) ? 'search' : kind);
}

/**
 * The class of a request.
 *
 * @param kind what its route is, where that is known
 */
export function workClassOf(
  method: string,
  userAgent: string | undefined,
  kind: WorkClass = 'list',
): WorkClass {
  if (method !== 'GET' && method !== 'HEAD') return 'write';
  return userAgent !== undefined && CRAWLER.test(userAgent) ? 'crawler' : kind;
}
