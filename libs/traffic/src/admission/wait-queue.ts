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
  /** Longest wait in ms that a newcomer may have before it while the queue still empties now and then. Default 40. */
  readonly intervalMs?: number;
  /** … and once the queue has not been empty for a whole interval. Default 10. */
  readonly targetMs?: number;
  /** Longest wait in ms of what was let in, when it takes longer than foreseen. Default 250. */
  readonly patienceMs?: number;
}

/**
 * A bounded queue that says no at its end, not in its midst: whether waiting is worth while is decided when work comes,
 * by how many are before it and how fast they go. So whoever is refused knows at once, and next to nobody waits in vain
 * (the drop at arrival of Breakwater: Cho et al., "Overload Control for µs-scale RPCs", OSDI '20, section 4).
 *
 * How long a wait is worth while follows CoDel (Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 2012) as
 * Facebook adapted it to servers (Maurer, "Fail at Scale", ACM Queue 2015): an interval while the queue empties now and
 * then, which is a burst, and only the target once it stands. More important classes always go before less important
 * ones.
 */
export class WaitQueue<T extends Waiting> {
  /** Per class, the oldest first. */
  private readonly lines = workClasses.map((): T[] => []);
  private readonly interval: number;
  private readonly target: number;
  private readonly patience: number;
  private notEmptySince = 0;
  private count = 0;

  constructor(private readonly options: WaitQueueOptions) {
    this.interval = options.intervalMs ?? 40;
    this.target = Math.min(options.targetMs ?? 10, this.interval);
    this.patience = options.patienceMs ?? 250;
  }

  get length(): number {
    return this.count;
  }

  lengthOf(workClass: WorkClass): number {
    return this.lineOf(workClass).length;
  }

  isStanding(now: number): boolean {
    return this.count > 0 && now - this.notEmptySince > this.interval;
  }

  /**
   * Whether work of this class would get its turn in time. One may always wait, so that no slot stays empty.
   * @param gapMs time between two turns
   */
  mayWait(workClass: WorkClass, gapMs: number, now: number): boolean {
    const ahead = this.ahead(workClass);
    return ahead === 0 || (ahead + 1) * gapMs <= (this.isStanding(now) ? this.target : this.interval);
  }

  /**
   * @returns what has no room any more: `item` itself, or the last of the least important class, which has waited least
   */
  push(item: T, now: number): T | undefined {
    let pushedOut: T | undefined;
    if (this.count >= this.options.size) {
      const line = this.lines.findLast((one) => one.length > 0);
      const lowest = line?.at(-1);
      if (!line || !lowest || rank(lowest) <= rank(item)) return item;
      line.pop();
      this.count -= 1;
      pushedOut = lowest;
    }
    if (this.count === 0) this.notEmptySince = now;
    this.lineOf(item.workClass).push(item);
    this.count += 1;
    return pushedOut;
  }

  /** The next to serve; call `expire` before, so that nothing old is among them. */
  next(): T | undefined {
    const item = this.lines.find((one) => one.length > 0)?.shift();
    if (item) this.count -= 1;
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
    const expired: T[] = [];
    for (const line of this.lines) {
      for (let i = line.length - 1; i >= 0; i -= 1) {
        const item = line[i]!;
        if (now - item.since >= this.patience || now >= item.deadline) expired.push(...line.splice(i, 1));
      }
    }
    this.count -= expired.length;
    return expired;
  }

  /** How many wait that are as important as this class, or more so. */
  private ahead(workClass: WorkClass): number {
    let count = 0;
    for (let i = workClasses.indexOf(workClass); i >= 0; i -= 1) count += this.lines[i]!.length;
    return count;
  }

  private lineOf(workClass: WorkClass): T[] {
    return this.lines[workClasses.indexOf(workClass)]!;
  }
}

const rank = ({ workClass }: Waiting): number => workClasses.indexOf(workClass);
