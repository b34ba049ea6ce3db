import { Histogram, type MetricObjectWithValues, type MetricValueWithName } from 'prom-client';
import { LabelSets, type LabelValues } from './label-sets';
import { registry } from './registry';

/** Seconds; fit 1 ms to 10 s, with an edge at the 500 ms that the service promises. */
export const LATENCY_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** The numbers of one series: fixed arrays, so that observing allocates nothing. */
export class Distribution {
  readonly counts: Float64Array;
  sum = 0;
  count = 0;

  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length);
  }

  /** @param value seconds (or the family's own unit) */
  observe(value: number): void {
    this.sum += value;
    this.count += 1;
    for (let i = 0; i < this.bounds.length; i += 1) {
      if (value <= this.bounds[i]!) {
        this.counts[i]! += 1;
        return;
      }
    }
  }
}

/**
 * prom-client's histogram hashes its labels on every observation; this one hands out its series and only
 * takes over how they are read at a scrape.
 */
export class HistogramFamily<const L extends readonly string[]> extends Histogram<string> {
  private readonly sets: LabelSets<L, Distribution>;
  private readonly about: { name: string; help: string; bounds: readonly number[] };

  constructor(
    name: string,
    help: string,
    labelNames: L,
    bounds: readonly number[] = LATENCY_BUCKETS,
    maxSeries = 500,
  ) {
    super({ name, help, labelNames: [...labelNames], buckets: [...bounds], registers: [registry] });
    this.about = { name, help, bounds };
    this.sets = new LabelSets<L, Distribution>(labelNames, () => new Distribution(bounds), maxSeries);
  }

  /** The series for these label values; keep it where requests are counted in thousands a second. */
  series(...values: LabelValues<L>): Distribution {
    return this.sets.get(values);
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const { name, help } = this.about;
    const values: MetricValueWithName<string>[] = [];
    for (const { labels, item } of this.sets.all()) values.push(...this.lines(labels, item));
    return { name, help, values, type: 'histogram', aggregator: 'sum' } as unknown as MetricObjectWithValues<
      MetricValueWithName<string>
    >;
  }

  /** The registry prefers this name when it writes text. */
  getForPromString(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    return this.get();
  }

  private *lines(labels: Record<string, string>, item: Distribution): Generator<MetricValueWithName<string>> {
    const { name, bounds } = this.about;
    let below = 0;
    for (let i = 0; i < bounds.length; i += 1) {
      below += item.counts[i]!;
      yield { labels: { le: String(bounds[i]), ...labels }, value: below, metricName: `${name}_bucket` };
    }
    yield { labels: { le: '+Inf', ...labels }, value: item.count, metricName: `${name}_bucket` };
    yield { labels, value: item.sum, metricName: `${name}_sum` };
    yield { labels, value: item.count, metricName: `${name}_count` };
  }
}
