import type { IncomingMessage, ServerResponse } from 'node:http';
import { Notes, Problem, PROBLEM_CONTENT_TYPE, whenOver } from '@prior/http';
import { metrics } from '@prior/telemetry';

/** Bytes made once: refusing must cost next to nothing, because it happens most when there is least time. */
const body = Buffer.from(JSON.stringify(new Problem('overloaded').body()));
const answers = [1, 2, 3].map((seconds) => ({
  'content-type': PROBLEM_CONTENT_TYPE,
  'content-length': body.length,
  'cache-control': 'no-store',
  'retry-after': String(seconds),
}));

/** Gate 1: how many requests may be open at once in this process. */
export class InFlightGate {
  private readonly refused = metrics.traffic.admission.cell('any', 'overflow');
  private readonly stopMetrics: () => void;
  private open = 0;
  /** A request that came in before Fastify, and goes the long way after all, comes by once more. */
  private readonly inside = new Notes<true>();
  private readonly left = () => {
    this.open -= 1;
  };

  private readonly origins: ReadonlySet<string>;

  /**
   * @param max open requests
   * @param corsOrigins whose scripts may read the refusal: without CORS headers it would look like a broken network to
   *   them, and its Retry-After would be lost
   */
  constructor(
    private readonly max: number,
    corsOrigins: readonly string[] = [],
    private readonly disabled = false,
  ) {
    this.origins = new Set(corsOrigins);
    this.stopMetrics = metrics.http.inFlight.from([], () => this.open);
  }

  get inFlight(): number {
    return this.open;
  }

  /**
   * Counts a request until its connection is done with it, once.
   *
   * @returns false when there are too many; the 503 has been sent then
   */
  enter(request: Pick<IncomingMessage, 'headers'>, response: ServerResponse): boolean {
    if (this.inside.get(response)) return true;
    if (this.open >= this.max && !this.disabled) {
      this.refused.n += 1;
      this.refuse(request, response);
      return false;
    }
    this.open += 1;
    this.inside.set(response, true);
    whenOver(response, this.left);
    return true;
  }

  /** Sends the 503 of bytes made once; also for whoever refuses for another reason, before Fastify. */
  refuse({ headers: { origin } }: Pick<IncomingMessage, 'headers'>, response: ServerResponse): void {
    if (origin !== undefined && this.origins.has(origin)) allowOrigin(response, origin);
    response.writeHead(503, answers[Math.floor(Math.random() * answers.length)]).end(body);
  }

  close(): void {
    this.stopMetrics();
  }
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-expose-headers', 'Retry-After');
  response.setHeader('vary', 'Origin');
}
