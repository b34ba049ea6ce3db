declare global {
  // In Node since 20, in TypeScript's library from ES2024 on.
  interface String {
    isWellFormed(): boolean;
  }
}

const MESSAGE = 'Holds half of a surrogate pair, which is no character';

interface Node {
  readonly value: Readonly<Record<string | number, unknown>>;
  readonly key?: string | number;
  readonly parent?: Node;
}

export interface BrokenText {
  readonly message: string;
  readonly path: readonly string[];
}

/**
 * Texts, names of fields included, with half a surrogate pair: JSON can write that (`"\ud800"`) but UTF-8 cannot, so it
 * would be stored as U+FFFD.
 *
 * @param body from JSON.parse: perhaps thousands of levels deep, so nothing here calls itself
 * @returns the first `max` of them
 */
export function brokenText(body: unknown, max: number): BrokenText[] {
  const found: BrokenText[] = [];
  // The body as the first of something, so that one that is text itself needs no rule of its own; paths leave that out.
  const open: Node[] = [{ value: [body] as unknown as Node['value'] }];
  for (let node = open.pop(); node && found.length < max; node = open.pop()) {
    // By index where it can be: names for thousands of elements would cost more than the look at them.
    const names = Array.isArray(node.value) ? undefined : Object.keys(node.value);
    const count = names?.length ?? (node.value['length'] as number);
    for (let index = 0; index < count && found.length < max; index++) {
      const name = names?.[index];
      const key = name ?? index;
      const value = node.value[key];
      const broken = (typeof value === 'string' && !value.isWellFormed()) || name?.isWellFormed() === false;
      if (broken) found.push({ message: MESSAGE, path: [...pathOf(node), String(key)].slice(1) });
      else if (typeof value === 'object' && value !== null)
        open.push({ value: value as Node['value'], key, parent: node });
    }
  }
  return found;
}

function pathOf(node: Node): string[] {
  const path: string[] = [];
  for (let at: Node | undefined = node; at?.parent; at = at.parent) path.push(String(at.key));
  return path.reverse();
}
