import type { ApiNode } from './node';

/** Adds up a metric's series in the text format of Prometheus. @param wanted labels that a series must have */
export function sumOf(text: string, metric: string, wanted: Readonly<Record<string, string>> = {}): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(metric) || !/[{ ]/.test(line[metric.length] ?? '')) continue;
    if (Object.entries(wanted).every(([name, value]) => line.includes(`${name}="${value}"`)))
      sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}

/** The same over some processes. */
export async function sumOver(
  nodes: readonly ApiNode[],
  metric: string,
  wanted?: Readonly<Record<string, string>>,
): Promise<number> {
  const texts = await Promise.all(nodes.map((node) => node.metrics()));
  return texts.reduce((sum, text) => sum + sumOf(text, metric, wanted), 0);
}
