/** Keeps what is under way under its key until it is over, unless another has its place by then. */
export function keepUnderWay<Key, Value>(
  all: Map<Key, Value>,
  key: Key,
  value: Value,
  work: Promise<unknown>,
): void {
  all.set(key, value);
  const over = (): void => {
    if (all.get(key) === value) all.delete(key);
  };
  work.then(over, over);
}
