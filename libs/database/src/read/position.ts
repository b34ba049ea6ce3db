/**
 * Where the primary is, asked once for many: at most one question is in flight in a process, and whoever comes while
 * one is under way shares the *next* one. So an answer is never older than the call that gets it, which is what a
 * fence needs (a load asks after it has taken its tag versions).
 */
export class SharedQuestion<Answer> {
  private inFlight: Promise<Answer> | undefined;
  private next: Promise<Answer> | undefined;

  constructor(private readonly send: () => Promise<Answer>) {}

  /** @returns the answer to a question that is sent after this call. Rejects as `send` does. */
  ask(): Promise<Answer> {
    if (!this.inFlight) return this.start();
    this.next ??= this.inFlight
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.start();
      });
    return this.next;
  }

  private start(): Promise<Answer> {
    const question = this.send();
    this.inFlight = question;
    const done = () => {
      if (this.inFlight === question) this.inFlight = undefined;
    };
    question.then(done, done);
    return question;
  }
}
