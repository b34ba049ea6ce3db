import { parseArgs } from 'node:util';

/** Ends a program with one clear line where its reader can do something about it. */
export class Wrong extends Error {}

/**
 * Numbers by name from the command line, and texts for the names in `texts`.
 * @throws Wrong for what it does not know or cannot use
 */
export function options<N extends string, T extends string = never>(
  numbers: Readonly<Record<N, number>>,
  texts: readonly T[] = [],
  args = process.argv.slice(2),
): Record<N, number> & Record<T, string | undefined> {
  const names = [...Object.keys(numbers), ...texts];
  let values: Record<string, unknown>;
  try {
    const known = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
    ({ values } = parseArgs({ args, options: known }));
  } catch {
    throw new Wrong(`Known options: ${names.map((name) => `--${name}`).join(', ')}`);
  }
  const found: Record<string, unknown> = { ...values };
  for (const [name, fallback] of Object.entries<number>(numbers)) {
    const value = Number(values[name] ?? fallback);
    if (!(value > 0)) throw new Wrong(`--${name} must be a number above 0`);
    found[name] = value;
  }
  return found as Record<N, number> & Record<T, string | undefined>;
}

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs it and ends the process: 0 when `work` says that all is as it should be, 1 when not, 2 when it could not run. */
export async function main(work: () => Promise<boolean>): Promise<never> {
  try {
    process.exit((await work()) ? 0 : 1);
  } catch (error) {
    const plain = error instanceof Wrong;
    process.stderr.write(`${plain ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(2);
  }
}
