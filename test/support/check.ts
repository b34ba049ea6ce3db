import { parseArgs } from 'node:util';

/** What every check understands. */
export interface CheckOptions {
  /** How long it loads the system, in s. */
  readonly seconds: number;
  readonly seed: number;
  /** Guarantees to switch off, or mistakes to make on purpose; the check must then fail. */
  readonly mutants: readonly string[];
}

/** One line of a check's summary. */
export interface CheckRow {
  readonly what: string;
  readonly value: string;
  readonly wanted: string;
  readonly ok: boolean;
}

/**
 * Reads `--seconds`, `--seed` and `--mutant` (repeatable) from the command line, and one option for each further number
 * in `defaults`.
 *
 * @param known the mutants of this check. @throws for any other: a check that passes with it would say nothing
 */
export function checkOptions<More extends Record<string, number>>(
  defaults: { seconds: number } & More,
  known: readonly string[],
  args = process.argv.slice(2),
): CheckOptions & More {
  const numbers: Record<string, number> = { seed: Date.now() % 1_000_000, ...defaults };
  const options = Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [
      name,
      { type: 'string' as const, default: String(value) },
    ]),
  );
  const { values } = parseArgs({
    args,
    options: { ...options, mutant: { type: 'string', multiple: true, default: [] } },
  });
  for (const name of values.mutant) {
    if (known.length === 0) throw new Error(`--mutant ${name}: this check has no mutants`);
    if (!known.includes(name)) throw new Error(`--mutant must be one of ${known.join(', ')}, not ${name}`);
  }
  for (const name of Object.keys(numbers)) {
    const value = Number((values as Record<string, unknown>)[name]);
    if (!(Number.isInteger(value) && value > 0)) throw new Error(`--${name} must be a whole number above 0`);
    numbers[name] = value;
  }
  return { ...numbers, mutants: values.mutant } as unknown as CheckOptions & More;
}

/** The summary as a table, one row a line. */
export function checkTable(rows: readonly CheckRow[]): string {
  const cells = [
    ['', 'measured', 'wanted'],
    ...rows.map(({ what, value, wanted, ok }) => [`${ok ? 'ok  ' : 'FAIL'}  ${what}`, value, wanted]),
  ];
  const widths = [0, 1, 2].map((i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

/** The last line of a check. With a mutant a failing row is what is wanted. */
export function verdict(rows: readonly CheckRow[], mutants: readonly string[]): string {
  const failed = rows.filter(({ ok }) => !ok).length;
  const mutated = mutants.length > 0;
  if (failed === 0) return mutated ? 'NOT caught' : 'passed';
  return `${mutated ? 'caught' : 'FAILED'}: ${failed} of ${rows.length}`;
}

/**
 * Runs a check as a program: prints its table and ends the process with 0 when every row is ok, else with 1, with a
 * mutant too; with 2 when it could not run, for want of right options too.
 */
export async function runCheck<Options extends CheckOptions>(
  name: string,
  readOptions: () => Options,
  check: (options: Options) => Promise<readonly CheckRow[]>,
): Promise<never> {
  try {
    const options = readOptions();
    const { seconds, seed, mutants } = options;
    const mutated = mutants.length > 0 ? `, mutant ${mutants.join(', ')}` : '';
    process.stdout.write(`${name}: ${seconds} s, seed ${seed}${mutated}\n`);
    const rows = await check(options);
    process.stdout.write(`${checkTable(rows)}\n${verdict(rows, mutants)}\n`);
    process.exit(rows.every(({ ok }) => ok) ? 0 : 1);
  } catch (error) {
    process.stderr.write(`${name} could not run: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(2);
  }
}
