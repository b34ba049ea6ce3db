import type { ServerResponse } from 'node:http';
import { JOIN_WITHIN_MS } from '../engine/trust';
import { UnderWay } from '../engine/under-way';

interface Leader {
  /** Made for the first who waits: most lead nobody. */
  answered?: Promise<boolean>;
  tell?: (shared: boolean) => void;
  readonly end: (shared: boolean) => void;
}

/**
 * One request at a time takes a question the long way; whoever asks the same meanwhile waits for its answer and then
 * finds it at hand (Varnish's waiting list, nginx's `proxy_cache_lock`). Only the pipeline is spared: whoever waited in
 * vain goes the long way too, where loads are shared whatever happens here.
 */
export class WaitingList {
  private readonly leaders = new UnderWay<Leader>();

  /**
   * Resolves when the answer of the request that is on its way may be at hand: that one was answered, has hung up, or
   * takes longer than others are to wait for it. Undefined when there is none. Never rejects.
   *
   * @returns false when the next answer to this question would not be one for all either: nothing is stored just now
   */
  behind(key: string): Promise<boolean> | undefined {
    const leader = this.leaders.get(key);
    return leader && (leader.answered ??= new Promise((tell) => (leader.tell = tell)));
  }

  /** The request of this response goes the long way, and others may wait for it. */
  lead(key: string, response: Pick<ServerResponse, 'once'>): void {
    const end = (shared: boolean) => {
      clearTimeout(timer);
      this.leaders.end(key, leader);
      leader.tell?.(shared);
    };
    // A load that takes longer is shared where loads are: nobody is to wait for it three times.
    const timer = setTimeout(end, JOIN_WITHIN_MS, false);
    const leader: Leader = { end };
    this.leaders.set(key, leader);
    response.once('close', () => end(true));
  }

  /** A request with this question was answered, whoever leads. @param shared with what others may get, too */
  answered(key: string, shared: boolean): void {
    this.leaders.get(key)?.end(shared);
  }
}
