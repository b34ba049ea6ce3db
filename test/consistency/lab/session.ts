import type { Own } from '../history/history';
import type { Register } from '../history/register';

/** A token is good for 10 s; near its end nothing is expected of it. */
const TOKEN_GOOD_FOR_MS = 8_000;

/** A client that writes: it keeps its newest token as a browser keeps a cookie, and knows what it has written. */
export class Session {
  private token: string | undefined;
  private written = new Map<unknown, number>();
  private lastWrite = -Infinity;

  /** @param at when the write was acknowledged, monotonic ms */
  wrote(token: string | undefined, registers: readonly Register<never>[], at: number): void {
    if (token === undefined) return;
    if (at - this.lastWrite > TOKEN_GOOD_FOR_MS) this.written.clear();
    this.token = token;
    this.lastWrite = at;
    for (const register of registers) this.written.set(register, register.position);
  }

  get headers(): Record<string, string> {
    return this.token === undefined ? {} : { 'x-consistency-token': this.token };
  }

  /** What it may expect to see, when it reads now with its token. */
  own(now: number): Own | undefined {
    return now - this.lastWrite < TOKEN_GOOD_FOR_MS ? new Map(this.written) : undefined;
  }
}
