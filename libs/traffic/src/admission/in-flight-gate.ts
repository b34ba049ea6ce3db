import type { ServerResponse } from 'node:http';
import { Problem, PROBLEM_CONTENT_TYPE } from '@prior/http';
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
  private readonly left = () => {
    this.open -= 1;
  };

  constructor(
    private readonly max: number,
    private readonly disabled = false,
  ) {
    this.stopMetrics = metrics.http.inFlight.from([], () => this.open);
  }

  get inFlight(): number {
    return this.open;
  }

  /**
   * Counts a request until its connection is done with it.
   *
   * @returns false when there are too many; the 503 has been sent then
   */
  enter(response: ServerResponse): boolean {
    if (this.open >= this.max && !this.disabled) {
      this.refused.n += 1;
      response.writeHead(503, answers[Math.floor(Math.random() * answers.length)]).end(body);
      return false;
    }
    this.open += 1;
    response.once('close', this.left);
    return true;
  }

  close(): void {
    this.stopMetrics();
  }
}
