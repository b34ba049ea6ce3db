import { Gauge, type Aggregator } from 'prom-client';
import { LabelSets, type LabelValues } from './label-sets';
import { registry } from './registry';

/** NaN while it is not known: the series is absent then, in this process and in the merged text. */
type Source = () => number;

/** A gauge that asks its sources when somebody scrapes; sources with the same labels are added up. */
export class GaugeFamily<const L extends readonly string[]> {
  private readonly sets: LabelSets<L, Set<Source>>;

  /** @param merge how the workers' values become one: `sum` (sizes), `max` (lags), `average` (ratios) */
  constructor(name: string, help: string, labelNames: L, merge: Aggregator = 'sum', maxSeries = 200) {
    const sets = new LabelSets<L, Set<Source>>(labelNames, () => new Set(), maxSeries);
    this.sets = sets;
    new Gauge<string>({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      aggregator: merge,
      collect() {
        this.reset();
        // prom-client shows a gauge without labels as 0 from the start; unknown is not 0.
        if (labelNames.length === 0) this.remove();
        for (const { labels, item } of sets.all()) {
          let sum = 0;
          for (const source of item) sum += source();
          if (item.size > 0 && !Number.isNaN(sum)) this.set(labels, sum);
        }
      },
    });
  }

  /**
   * Adds a source for these labels.
   *
   * @returns removes it again (call it when the thing measured is closed)
   */
  from(values: LabelValues<L>, source: Source): () => void {
    const sources = this.sets.get(values);
    sources.add(source);
    return () => void sources.delete(source);
  }
}
