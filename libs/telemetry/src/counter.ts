import { Counter } from 'prom-client';
import { LabelSets, type LabelValues } from './label-sets';
import { registry } from './registry';

/** One counter's number. Hot code keeps the cell and does `cell.n++`: no hashing, no allocation. */
export interface Cell {
  n: number;
}

/** A counter whose cells are plain fields, read only when somebody scrapes. */
export class CounterFamily<const L extends readonly string[]> {
  private readonly sets: LabelSets<L, Cell>;

  constructor(name: string, help: string, labelNames: L, maxSeries = 500) {
    const sets = new LabelSets<L, Cell>(labelNames, () => ({ n: 0 }), maxSeries);
    this.sets = sets;
    new Counter<string>({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, item } of sets.all()) this.inc(labels, item.n);
      },
    });
  }

  /** The cell for these label values; created at 0 on first use. */
  cell(...values: LabelValues<L>): Cell {
    return this.sets.get(values);
  }

  /**
   * Shows these series as 0 before anything was counted: a rate over a series that appears with its first event
   * misses that event, and an expression over one that never appeared has no answer at all.
   */
  startingWith(...known: LabelValues<L>[]): this {
    for (const values of known) this.sets.get(values);
    return this;
  }

  inc(...values: LabelValues<L>): void {
    this.sets.get(values).n += 1;
  }
}
