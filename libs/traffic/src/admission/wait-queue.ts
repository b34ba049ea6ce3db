import { type WorkClass, workClasses } from '@prior/http';

/** Work that waits for a slot. */
export interface Waiting {
  readonly workClass: WorkClass;
  /** ms on the queue's clock. */
  readonly since: number;
  /** ms on the queue's clock after which nobody wants it any more. */
  readonly deadline: number;
}

export interface WaitQueueOptions {
  /** Most that wait at once. */
  readonly size: number;
  /** Longest wait in ms while the queue still empties now and then. Default 40. */
  readonly intervalMs?: number;
  /** Longest wait in ms once it has not been empty for a whole interval. Default 10. */
  readonly targetMs?: number;
}

/**
 * A bounded queue after CoDel (Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 2012) as Facebook adapted
 * it to servers (Maurer, "Fail at Scale", ACM Queue 2015): a queue that has not been empty for an interval is a
 * standing one, and then waiting is cut to the target and the newest go first, because theirs are the clients that
 * have not given up. More important classes always go before less important ones.
 */
export class WaitQueue<T extends Waiting> {
  /** Per class, the oldest first. */
  private readonly lines = workClasses.map((): T[] => []);
  private readonly interval: number;
  /** ms */
  readonly target: number;
  private notEmptySince = 0;
  private count = 0;

  constructor(private readonly options: WaitQueueOptions) {
    this.interval = options.intervalMs ?? 40;
    this.target = Math.min(options.targetMs ?? 10, this.interval);
  }

  get length(): number {
    return this.count;
  }

  lengthOf(workClass: WorkClass): number {
    return this.lineOf(workClass).length;
  }

  /** How many wait that are as important as this class, or more so. */
  ahead(workClass: WorkClass): number {
    let count = 0;
    for (let i = workClasses.indexOf(workClass); i >= 0; i -= 1) count += this.lines[i]!.length;
    return count;
  }

  isStanding(now: number): boolean {
    return this.count > 0 && now - this.notEmptySince > this.interval;
  }

  /**
   * @returns what has no room any more: the oldest of the least important class, which may be `item` itself
   */
  push(item: T, now: number): T | undefined {
    let pushedOut: T | undefined;
    if (this.count >= this.options.size) {
      const line = this.lines.findLast((one) => one.length > 0);
      const lowest = line?.[0];
      if (!line || !lowest || rank(lowest) < rank(item)) return item;
      line.shift();
      this.count -= 1;
      pushedOut = lowest;
    }
    if (this.count === 0) this.notEmptySince = now;
    this.lineOf(item.workClass).push(item);
    this.count += 1;
    return pushedOut;
  }

  /** The next to serve; call `expire` before, so that nothing old is among them. */
  next(now: number): T | undefined {
    const line = this.lines.find((one) => one.length > 0);
    if (!line) return undefined;
    const item = this.isStanding(now) ? line.pop() : line.shift();
    this.count -= 1;
    return item;
  }

  remove(item: T): boolean {
    const line = this.lineOf(item.workClass);
    const at = line.indexOf(item);
    if (at === -1) return false;
    line.splice(at, 1);
    this.count -= 1;
    return true;
  }

  /** Takes out what has waited too long. */
  expire(now: number): T[] {
    if (this.count === 0) return [];
    const longest = this.isStanding(now) ? this.target : this.interval;
    const expired: T[] = [];
    for (const line of this.lines) {
      for (let i = line.length - 1; i >= 0; i -= 1) {
        const item = line[i]!;
        if (now - item.since >= longest || now >= item.deadline) expired.push(...line.splice(i, 1));
      }
    }
    this.count -= expired.length;
    return expired;
  }

  private lineOf(workClass: WorkClass): T[] {
    return this.lines[workClasses.indexOf(workClass)]!;
  }
}

const rank = ({ workClass }: Waiting): number => workClasses.indexOf(workClass);
