/** Picks ranks 0 … n-1, each 1/(rank+1) times as often as the first (Zipf's law with exponent 1). */
export function zipf(n: number, next: () => number): () => number {
  const sums: number[] = [];
  let total = 0;
  for (let rank = 0; rank < n; rank += 1) sums.push((total += 1 / (rank + 1)));
  return () => {
    const wanted = next() * total;
    let [low, high] = [0, n - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
