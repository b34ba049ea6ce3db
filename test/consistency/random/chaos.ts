import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab/lab';
import { type Fault, faults } from './faults';

/** Faults of different parts overlap at will; each part has one at a time. */
export class Chaos {
  readonly injected = new Map<string, number>(faults.map(({ name }) => [name, 0]));
  private readonly under = new Map<Fault['part'], Promise<void>>();
  private failure: unknown;

  constructor(
    private readonly lab: Lab,
    private readonly pauseMs = 1_200,
  ) {}

  /** Those that these servers allow. */
  get possible(): readonly Fault[] {
    return faults.filter(({ impossible }) => impossible?.(this.lab) === undefined);
  }

  /** @throws what a fault could not do */
  async rage(goesOn: () => boolean): Promise<void> {
    const lottery = this.possible.flatMap((fault) => Array.from({ length: fault.weight }, () => fault));
    while (goesOn() && this.failure === undefined) {
      const fault = this.lab.random.pick(lottery);
      if (!this.under.has(fault.part)) this.start(fault);
      await sleep(this.lab.random.integer(2 * this.pauseMs));
    }
    await Promise.all(this.under.values());
    if (this.failure !== undefined) throw this.failure as Error;
  }

  private start(fault: Fault): void {
    this.injected.set(fault.name, (this.injected.get(fault.name) ?? 0) + 1);
    const done = fault
      .inject(this.lab)
      .catch((error: unknown) => {
        this.failure ??= error;
      })
      .finally(() => this.under.delete(fault.part));
    this.under.set(fault.part, done);
  }
}
