import type { Rate } from './rate';

/** What this process knows about one caller. */
export interface Caller {
  readonly key: string;
  readonly rate: Rate;
  /** Until when it owes, in µs of this process's monotonic clock: Redis's answer, plus what was let through since. */
  owesUntil: number;
  /** How much longer it may really owe: Redis's answer was this old when it came, in µs. */
  doubtUs: number;
  /** Let through here and not yet sent to Redis. */
  pending: number;
  /** Sent to Redis and not yet answered. */
  flying: number;
}

/**
 * Callers by key, those of late: two generations, of which the older is dropped whole when the younger is full.
 * However many addresses come, there are never more than `max` plus those that are being settled.
 */
export class Callers {
  private young = new Map<string, Caller>();
  private old = new Map<string, Caller>();

  constructor(private readonly max: number) {}

  get size(): number {
    return this.young.size + this.old.size;
  }

  find(key: string): Caller | undefined {
    const found = this.young.get(key);
    if (found) return found;
    const aged = this.old.get(key);
    if (aged) {
      this.old.delete(key);
      this.add(aged);
    }
    return aged;
  }

  get(key: string, rate: Rate): Caller {
    const found = this.find(key);
    // A policy whose numbers changed starts anew; only tests and restarts do that.
    if (found && found.rate.intervalUs === rate.intervalUs) return found;
    const caller: Caller = { key, rate, owesUntil: 0, doubtUs: 0, pending: 0, flying: 0 };
    this.add(caller);
    return caller;
  }

  private add(caller: Caller): void {
    if (this.young.size >= this.max / 2) {
      const dropped = this.old;
      this.old = this.young;
      this.young = new Map();
      // Forgetting these would let the same caller start a second unsettled account.
      for (const one of dropped.values()) {
        if (one.pending + one.flying > 0) this.young.set(one.key, one);
      }
    }
    this.young.set(caller.key, caller);
  }
}
