import { type WorkClass, workClasses } from '@prior/http';

/** Steps by which it may be ahead of its pace, beside what is free: arrivals come in bursts. */
const BURST = 3;

/**
 * Lets through about as many as will get a turn. Whoever is on the way to the gate is not in its queue yet: without this
 * everybody who arrives while one gets there would find the queue short, and be refused in it, at many times the cost.
 *
 * One GCRA (ITU-T I.371, annex A) per class. What a class uses up is lost for it and for the less important ones.
 */
export class Turnstile {
  /** When each class would be back at its pace, ms. */
  private readonly due = workClasses.map(() => -Infinity);

  /**
   * @param stepMs one is let through every so many ms
   * @param free … and so many more at once
   * @param now ms of a clock that never goes back
   */
  pass(workClass: WorkClass, stepMs: number, free: number, now: number): boolean {
    const rank = workClasses.indexOf(workClass);
    const ahead = (BURST + free) * stepMs;
    // A debt from when work took longer is worth one step now.
    const most = now + ahead + stepMs;
    this.due[rank] = Math.min(this.due[rank]!, most);
    if (this.due[rank]! - now > ahead) return false;
    for (let i = rank; i < this.due.length; i += 1)
      this.due[i] = Math.min(Math.max(this.due[i]!, now) + stepMs, most);
    return true;
  }
}
