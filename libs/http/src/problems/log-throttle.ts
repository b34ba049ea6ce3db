const EVERY_MS = 5_000;

interface Kind {
  notBefore: number;
  held: number;
}

/**
 * Says the first of many like lines and counts the rest: refusals come by the thousand, when there is least time to write
 * them down, and the metrics count them anyway.
 */
export class LogThrottle {
  private readonly kinds = new Map<string, Kind>();

  /** @param write writes a line */
  constructor(
    private readonly write: (text: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @param kind lines of one kind are alike: few different ones */
  say(kind: string, text: string): void {
    const known = this.kinds.get(kind) ?? { notBefore: -Infinity, held: 0 };
    this.kinds.set(kind, known);
    const now = this.now();
    if (now < known.notBefore) {
      known.held += 1;
      return;
    }
    this.write(known.held === 0 ? text : `${text} (and ${known.held} more like it)`);
    known.held = 0;
    known.notBefore = now + EVERY_MS;
  }
}
