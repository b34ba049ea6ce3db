import type { ApiNode } from '../../support/fleet/node';
import { NoAnswer } from '../../support/fleet/http-client';

/** What became of requests, and how long they took. */
export class Tally {
  answered = 0;
  failed = 0;
  hits = 0;
  slowestMs = 0;
  private readonly why = new Map<string, number>();

  /** What the others were told, in words: ` (5 × 503)`. */
  get reasons(): string {
    const all = [...this.why].map(([reason, count]) => `${count} × ${reason}`);
    return all.length > 0 ? ` (${all.join(', ')})` : '';
  }

  async ask(node: ApiNode, url: string): Promise<void> {
    const began = performance.now();
    try {
      const answer = await node.request(url);
      if (answer.status !== 200)
        this.fail(`${answer.status} ${answer.json<{ code?: string }>().code ?? ''}`.trim());
      else {
        this.answered += 1;
        if (answer.header('x-cache') === 'HIT') this.hits += 1;
        this.slowestMs = Math.max(this.slowestMs, performance.now() - began);
      }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.fail(error.message);
    }
  }

  private fail(reason: string): void {
    this.failed += 1;
    this.why.set(reason, (this.why.get(reason) ?? 0) + 1);
  }
}
