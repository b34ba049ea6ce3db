/** Nothing is held back longer than this, ms: with a slow server it would wait for answers that take their time. */
const HOLD_MS = 1;

/**
 * Sends commands in packets. While one is under way, what comes is held back until it is answered: Nagle's algorithm (RFC
 * 896) for commands. An idle process sends at once; the busier it is, the more commands share a packet, and a packet is
 * what is dear: both sides wake for it, and take the processor from whoever has it. Commands leave in the order in which
 * they came.
 */
export class Packets {
  private unanswered = 0;
  /** What comes in the same turn of the event loop goes into the same packet: the client writes at its end. */
  private open = false;
  private readonly held: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param send calls the client, at once or soon; each has to be {@link answered} */
  put(send: () => void): void {
    if (this.unanswered > 0 && !this.open) {
      this.held.push(send);
      this.timer ??= setTimeout(this.flush, HOLD_MS);
    } else this.go(send);
  }

  /** One of the commands is answered, or has failed. */
  answered(): void {
    this.unanswered -= 1;
    if (this.unanswered === 0 && this.held.length > 0) this.flush();
  }

  private readonly flush = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const send of this.held.splice(0)) this.go(send);
  };

  private go(send: () => void): void {
    if (!this.open) {
      this.open = true;
      setImmediate(() => (this.open = false));
    }
    this.unanswered += 1;
    send();
  }
}
