import type { ServerResponse } from 'node:http';
import { JOIN_WITHIN_MS } from '../engine/trust';

interface Leader {
  readonly answered: Promise<void>;
  readonly end: () => void;
}

/**
 * One request at a time takes a question the long way; whoever asks the same meanwhile waits for its answer and then
 * finds it at hand (Varnish's waiting list, nginx's `proxy_cache_lock`). Only the pipeline is spared: whoever waited in
 * vain goes the long way too, where loads are shared whatever happens here.
 */
export class WaitingList {
  private readonly leaders = new Map<string, Leader>();

  /**
   * Resolves when the answer of the request that is on its way may be at hand: that one was answered, has hung up, or
   * takes longer than others are to wait for it. Undefined when there is none. Never rejects.
   */
  behind(key: string): Promise<void> | undefined {
    return this.leaders.get(key)?.answered;
  }

  /** The request of this response goes the long way, and others may wait for it. */
  lead(key: string, response: Pick<ServerResponse, 'once'>): void {
    let resolve: () => void = () => undefined;
    const answered = new Promise<void>((done) => (resolve = done));
    const end = () => {
      clearTimeout(timer);
      if (this.leaders.get(key) === leader) this.leaders.delete(key);
      resolve();
    };
    // The time is short: a client that does not read its answer must not keep others from theirs.
    const timer = setTimeout(end, JOIN_WITHIN_MS);
    const leader: Leader = { answered, end };
    this.leaders.set(key, leader);
    response.once('close', end);
  }

  /** A request with this question was answered, whoever leads. */
  answered(key: string): void {
    this.leaders.get(key)?.end();
  }
}
