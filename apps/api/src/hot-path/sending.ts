import { type CachedAnswer, cacheStatus } from '@prior/cache';
import type { Distribution } from '@prior/telemetry';
import { connectionLines } from './whole-answer';

const STATUS_LINES = { 200: 'HTTP/1.1 200 OK\r\n', 304: 'HTTP/1.1 304 Not Modified\r\n' };

/** A string of one piece. One that was put together of many keeps them all, and is put together anew for each answer. */
export const flat = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

export interface SendingOptions {
  readonly status: 200 | 304;
  /** Header lines, each with its end: those that many answers have in common, and this one's own. */
  readonly shared: string;
  readonly own: string;
  /** Default: none. */
  readonly body?: Buffer;
  readonly answer: CachedAnswer;
  readonly series: Distribution;
}

/** So many times in a second something is put together anew before it is kept for the rest of it. */
export const OFTEN = 8;

/**
 * One way of answering. What is sent is kept only where it is asked for often, until it is asked for in another second:
 * of most entries, which are asked for now and then, it would be garbage that has grown old, the dearest kind.
 */
export class Sending {
  private second = NaN;
  private asked = 0;
  private keptHead = '';

  constructor(private readonly options: SendingOptions) {}

  get status(): 200 | 304 {
    return this.options.status;
  }

  get series(): Distribution {
    return this.options.series;
  }

  /**
   * The head, without what is the request's own and without its end. The same for a second, because it tells the time.
   *
   * @param now Unix time, ms
   */
  head(now: number, keepAliveTimeoutMs: number): string {
    const second = Math.floor(now / 1_000);
    if (second !== this.second) {
      this.second = second;
      this.asked = 0;
      this.keptHead = '';
    }
    if (this.keptHead === '') {
      this.asked += 1;
      if (this.asked <= OFTEN) return this.headAt(now, keepAliveTimeoutMs);
      this.keptHead = flat(this.headAt(now, keepAliveTimeoutMs));
    }
    return this.keptHead;
  }

  get body(): Buffer | undefined {
    return this.options.body;
  }

  private headAt(now: number, keepAliveTimeoutMs: number): string {
    const { status, shared, own, answer } = this.options;
    return `${STATUS_LINES[status]}${shared}${own}cache-status: ${cacheStatus(answer)}\r\n${endingAt(now, keepAliveTimeoutMs)}`;
  }
}

let ending = { second: NaN, keepAliveTimeoutMs: NaN, text: '' };

/** The lines that all heads of a second end with. */
function endingAt(now: number, keepAliveTimeoutMs: number): string {
  const second = Math.floor(now / 1_000);
  if (ending.second !== second || ending.keepAliveTimeoutMs !== keepAliveTimeoutMs) {
    const text = flat(`Date: ${new Date(now).toUTCString()}\r\n${connectionLines(keepAliveTimeoutMs)}`);
    ending = { second, keepAliveTimeoutMs, text };
  }
  return ending.text;
}
