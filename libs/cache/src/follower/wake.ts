/** Waits that can be cut short. A call that comes while nobody waits is kept for the next wait. */
export class Wake {
  private called = false;
  private resolve: (() => void) | undefined;

  now(): void {
    this.called = true;
    this.resolve?.();
  }

  /** Resolves when called, or after `ms`. */
  async within(ms: number): Promise<void> {
    if (!this.called) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.resolve = () => (clearTimeout(timer), resolve());
      });
    }
    this.called = false;
    this.resolve = undefined;
  }
}
