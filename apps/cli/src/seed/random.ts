export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** 0 … below-1 */
  integer(below: number): number;
  pick<T>(from: readonly T[]): T;
}

/** A small seeded generator (mulberry32, Tommy Ettinger, public domain): the same seed makes the same catalogue. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (below: number): number => Math.floor(next() * below);
  const pick = <T>(from: readonly T[]): T => {
    const one = from[integer(from.length)];
    if (one === undefined) throw new Error('pick from an empty list');
    return one;
  };
  return { next, integer, pick };
}
