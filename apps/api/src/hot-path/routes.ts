import { parse } from 'fast-querystring';
import type { RouteLimit } from '@prior/traffic';
import type { FastifyInstance } from 'fastify';

/** Where a URL leads to, as Fastify's router would say it. */
export interface Routed {
  /** The route's pattern, `/api/products/:slug`. */
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** The route's own. */
  readonly limit: RouteLimit | undefined;
}

interface Pattern {
  readonly route: string;
  readonly limit: RouteLimit | undefined;
  /** Without the empty one in front. */
  readonly segments: readonly string[];
}

/** Paths in which nothing is encoded, delimits, or is to be normalised. What is beyond them is the router's to read. */
const PLAIN_PATH = /^(?:\/[\w.~-]+)+$/;
const MAX_LENGTH = 1_000;

const isParam = (segment: string): boolean => segment.startsWith(':');
const segmentsOf = (path: string): string[] => path.slice(1).split('/');

/**
 * The GET routes whose paths consist of whole literals and whole parameters: the others, and a path that two of them
 * match, are left to Fastify's router.
 */
export class Routes {
  private readonly literal = new Map<string, RouteLimit | undefined>();
  private readonly patterns: Pattern[] = [];

  /** Learns every route that is registered from now on. */
  follow(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method, config }) => {
      if ([method].flat().includes('GET')) this.add(url, config?.rateLimit);
    });
  }

  /** @param route pattern of a GET route */
  add(route: string, limit?: RouteLimit): void {
    // The router takes a wildcard only where nothing else matches.
    if (route.includes('*')) return;
    const segments = segmentsOf(route);
    if (segments.some(isParam)) this.patterns.push({ route, limit, segments });
    else this.literal.set(route, limit);
  }

  /** @returns undefined when it is the router's to say */
  match(url: string): Routed | undefined {
    if (url.length > MAX_LENGTH || url.includes('#')) return undefined;
    const end = url.indexOf('?');
    const path = end === -1 ? url : url.slice(0, end);
    if (!PLAIN_PATH.test(path)) return undefined;
    const found = this.literal.has(path)
      ? { route: path, params: {}, limit: this.literal.get(path) }
      : this.byPattern(segmentsOf(path));
    // The same parser that Fastify has.
    return found && { ...found, query: end === -1 ? {} : parse(url.slice(end + 1)) };
  }

  private byPattern(sent: readonly string[]): Omit<Routed, 'query'> | undefined {
    const matching = this.patterns.filter(({ segments }) => matches(segments, sent));
    if (matching.length !== 1) return undefined;
    const { route, limit, segments } = matching[0]!;
    const params: Record<string, string> = {};
    segments.forEach((segment, i) => {
      if (isParam(segment)) params[segment.slice(1)] = sent[i]!;
    });
    return { route, params, limit };
  }
}

function matches(segments: readonly string[], sent: readonly string[]): boolean {
  // A parameter that is a part of a segment, or has an expression, may match anything: with two the router decides.
  if (segments.some((segment) => !/^(:\w+|[\w.~-]+)$/.test(segment))) return true;
  return (
    segments.length === sent.length && segments.every((segment, i) => isParam(segment) || segment === sent[i])
  );
}
