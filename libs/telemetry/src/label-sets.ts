/** Values for a family's labels, in the order of its label names. */
export type LabelValues<L extends readonly string[]> = { [K in keyof L]: string };

/** What every series beyond the bound is counted under, so that nobody can grow the scrape by inventing labels. */
const OVERFLOW = 'other';

interface Entry<T> {
  readonly labels: Record<string, string>;
  readonly item: T;
}

/**
 * The series of one metric, found by their label values and bounded in number. Looking one up joins strings,
 * so hot code looks it up once and keeps it.
 */
export class LabelSets<L extends readonly string[], T> {
  private readonly entries = new Map<string, Entry<T>>();

  constructor(
    private readonly names: L,
    private readonly create: () => T,
    private readonly maxSeries: number,
  ) {}

  get(values: LabelValues<L>): T {
    const key = values.join('\u0000');
    const found = this.entries.get(key);
    if (found) return found.item;
    if (this.names.length > 0 && this.entries.size >= this.maxSeries) return this.overflow();
    return this.add(key, values);
  }

  all(): IterableIterator<Entry<T>> {
    return this.entries.values();
  }

  private overflow(): T {
    const values = this.names.map(() => OVERFLOW);
    const key = values.join('\u0000');
    return this.entries.get(key)?.item ?? this.add(key, values);
  }

  private add(key: string, values: readonly string[]): T {
    const labels = Object.fromEntries(this.names.map((name, i) => [name, values[i] ?? '']));
    const item = this.create();
    this.entries.set(key, { labels, item });
    return item;
  }
}
