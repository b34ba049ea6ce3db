type Noted<Value> = Record<symbol, Value | undefined>;

/**
 * What somebody keeps about requests or responses, for as long as they live. A property of each that nobody else can
 * name: a WeakMap takes more than ten times as long, and longer with each garbage collection (docs/performance.md).
 */
export class Notes<Value> {
  private readonly name = Symbol('note');

  get(about: object): Value | undefined {
    return (about as Noted<Value>)[this.name];
  }

  set(about: object, value: Value): void {
    (about as Noted<Value>)[this.name] = value;
  }

  delete(about: object): void {
    // (To take the property away would make a slow object of it.)
    (about as Noted<Value>)[this.name] = undefined;
  }
}
