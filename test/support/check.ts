import { parseArgs } from 'node:util';

/** What every check understands. */
export interface CheckOptions {
  /** How long it loads the system, in s. */
  readonly seconds: number;
  readonly seed: number;
  /** A guarantee to switch off; the check must then fail. */
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
 */
export function checkOptions<More extends Record<string, number>>(
  defaults: { seconds: number } & More,
  args = process.argv.slice(2),
): CheckOptions & More {
  const numbers: Record<string, number> = { seed: Date.now() % 1_000_000, ...defaults };
  const options = Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, { type: 'string' as const, default: String(value) }]),
  );
  const { values } = parseArgs({
    args,
    options: { ...options, mutant: { type: 'string', multiple: true, default: [] } },
  });
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

/**
 * Runs a check as a program: prints its table and ends the process with 0 when every row is ok, else with 1.
 * With a mutant a failing row is what is wanted, and the words say so; the status stays that of the rows.
 */
export async function runCheck<Options extends CheckOptions>(
  name: string,
  options: Options,
  check: (options: Options) => Promise<readonly CheckRow[]>,
): Promise<never> {
  const mutants = options.mutants.length > 0 ? `, with ${options.mutants.join(', ')} switched on` : '';
  process.stdout.write(`${name}: ${options.seconds} s, seed ${options.seed}${mutants}\n`);
  try {
    const rows = await check(options);
    const failed = rows.filter(({ ok }) => !ok).length;
    process.stdout.write(
      `${checkTable(rows)}\n${failed === 0 ? 'passed' : `FAILED: ${failed} of ${rows.length}`}\n`,
    );
    process.exit(failed === 0 ? 0 : 1);
  } catch (error) {
    process.stderr.write(`${name} could not run: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(2);
  }
}
