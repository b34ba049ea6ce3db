/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Samples of the text format; exemplars behind them are left out. */
export function parseMetrics(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*?)\})? (\S+)/.exec(line);
    if (!found) return [];
    const [, name = '', labels = '', value = ''] = found;
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [
      key,
      text,
    ]);
    return [
      {
        name,
        labels: Object.fromEntries(pairs) as Record<string, string>,
        value: Number(value.replace('+Inf', 'Infinity')),
      },
    ];
  });
}

/** The samples of one or more processes of the API. */
export class Metrics {
  constructor(private readonly samples: readonly Sample[]) {}

  of(name: string, labels: Readonly<Record<string, string>> = {}): Sample[] {
    return this.samples.filter(
      (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
    );
  }

  sum(name: string, labels?: Readonly<Record<string, string>>): number {
    return this.of(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  /** undefined where there is none */
  max(name: string, labels?: Readonly<Record<string, string>>): number | undefined {
    const all = this.of(name, labels).map(({ value }) => value);
    return all.length > 0 ? Math.max(...all) : undefined;
  }

  /** Share of a histogram's observations up to a bucket's bound, 0 to 1; 1 of none. @param bound as `le` has it */
  within(name: string, bound: number): number {
    const all = this.sum(`${name}_count`);
    const inside = this.of(`${name}_bucket`)
      .filter(({ labels }) => Number(labels['le']) === bound)
      .reduce((sum, { value }) => sum + value, 0);
    return all > 0 ? inside / all : 1;
  }
}
