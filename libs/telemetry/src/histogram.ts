import { Histogram, type MetricObjectWithValues, type MetricValueWithName } from 'prom-client';
import { LabelSets, type LabelValues } from './label-sets';
import { registry } from './registry';

/** Seconds; fit 1 ms to 10 s, with an edge at the 500 ms that the service promises. */
export const LATENCY_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** One observation, by which a bucket leads to a request (OpenMetrics 1.0, section "Exemplars"). */
export interface Exemplar {
  readonly labelSet: Readonly<Record<string, string>>;
  readonly value: number;
  /** Unix time, s. */
  readonly timestamp: number;
}

/** Characters that the label set of an exemplar may have, names and values together. */
const EXEMPLAR_ROOM = 128;

/** The numbers of one series: fixed arrays, so that observing allocates nothing. */
export class Distribution {
  readonly counts: Float64Array;
  sum = 0;
  count = 0;
  private exemplars: (Exemplar | undefined)[] | undefined;

  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length);
  }

  /** @param value seconds (or the family's own unit) */
  observe(value: number): void {
    this.sum += value;
    this.count += 1;
    const bucket = this.bucketOf(value);
    if (bucket < this.bounds.length) this.counts[bucket]! += 1;
  }

  /**
   * Observes, and keeps the observation as the latest example of its bucket.
   *
   * @param label name of the example's only label (`trace_id`)
   * @param id its value; one that is too long for OpenMetrics is left out
   */
  observeAs(value: number, label: string, id: string): void {
    this.observe(value);
    if (label.length + id.length > EXEMPLAR_ROOM) return;
    this.exemplars ??= [];
    this.exemplars[this.bucketOf(value)] = { labelSet: { [label]: id }, value, timestamp: Date.now() / 1000 };
  }

  /** @param bucket number of the bound, or of the one behind the last */
  exemplar(bucket: number): Exemplar | undefined {
    return this.exemplars?.[bucket];
  }

  private bucketOf(value: number): number {
    for (let i = 0; i < this.bounds.length; i += 1) if (value <= this.bounds[i]!) return i;
    return this.bounds.length;
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

  private *lines(labels: Record<string, string>, item: Distribution): Generator<Line> {
    const { name, bounds } = this.about;
    let below = 0;
    for (let i = 0; i <= bounds.length; i += 1) {
      const last = i === bounds.length;
      below = last ? item.count : below + item.counts[i]!;
      const exemplar = item.exemplar(i);
      yield {
        labels: { le: last ? '+Inf' : String(bounds[i]), ...labels },
        value: below,
        metricName: `${name}_bucket`,
        ...(exemplar && { exemplar }),
      };
    }
    yield { labels, value: item.sum, metricName: `${name}_sum` };
    yield { labels, value: item.count, metricName: `${name}_count` };
  }
}

type Line = MetricValueWithName<string> & { readonly exemplar?: Exemplar };
