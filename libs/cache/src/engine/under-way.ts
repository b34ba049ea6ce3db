/**
 * What is under way, by its key.
 *
 * No Map: when V8 rebuilds one (a small one every few additions), the old table keeps a link to the new one. Once such a
 * table has grown old and died, each of its successors survives the young collections through that link, with all that
 * was under way when it was made: more than half of the rows of each load were carried into the old generation
 * (docs/performance.md). An object whose properties come and go has no such links.
 */
export class UnderWay<Value> {
  private readonly all = Object.create(null) as Record<string, Value | undefined>;

  get(key: string): Value | undefined {
    return this.all[key];
  }

  set(key: string, value: Value): void {
    this.all[key] = value;
  }

  /** It is over, unless another has its place by now. */
  end(key: string, value: Value): void {
    if (this.all[key] === value) delete this.all[key];
  }

  /** Keeps it until its work is over. */
  keep(key: string, value: Value, work: Promise<unknown>): void {
    this.set(key, value);
    const over = (): void => this.end(key, value);
    work.then(over, over);
  }
}
