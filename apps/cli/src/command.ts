import type { ParseArgsConfig } from 'node:util';

export interface Flag {
  readonly type: 'string' | 'boolean';
  /** Name of its value in the help. */
  readonly value?: string;
  readonly help: string;
}

/** What a command was called with, after its flags have been checked. */
export interface Invocation {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

/** One command of the tool: its help is made from this. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What may stand behind the name, e.g. `FILE.csv`. */
  readonly operands?: readonly string[];
  readonly flags: Readonly<Record<string, Flag>>;
  /** More for `--help`. */
  readonly details?: string;
  /** @returns the exit status */
  run(invocation: Invocation): Promise<number>;
}

/** Something the operator can mend: printed as one line, without a stack. */
export class UsageError extends Error {}

/** The flags as node:util's parseArgs wants them. */
export function parseOptions(command: Command): NonNullable<ParseArgsConfig['options']> {
  const options = Object.entries(command.flags).map(([name, { type }]) => [name, { type }] as const);
  return { ...Object.fromEntries(options), help: { type: 'boolean', short: 'h' } };
}

export function usageOf({ name, operands = [], flags }: Command): string {
  const all = Object.entries(flags).map(([flag, { value }]) => `[--${flag}${value ? ` ${value}` : ''}]`);
  return ['Usage: prior', name, ...operands, ...all].join(' ');
}

export function helpOf(command: Command): string {
  const flags = { ...command.flags, help: { type: 'boolean', help: 'show this' } satisfies Flag };
  const lines = Object.entries<Flag>(flags).map(
    ([flag, { value, help }]) => `  ${`--${flag}${value ? ` ${value}` : ''}`.padEnd(24)} ${help}`,
  );
  return [
    usageOf(command),
    '',
    command.summary,
    '',
    ...lines,
    ...(command.details ? ['', command.details] : []),
  ].join('\n');
}

/** A flag's whole number. @throws UsageError when it is none, or out of range */
export function wholeNumber(
  { values }: Invocation,
  flag: string,
  fallback: number,
  min = 0,
  max = 1e9,
): number {
  const text = values[flag];
  if (text === undefined) return fallback;
  const number = Number(text);
  if (typeof text === 'string' && /^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new UsageError(`--${flag} must be a whole number from ${min} to ${max}, not "${String(text)}".`);
}
