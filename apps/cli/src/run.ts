import { parseArgs } from 'node:util';
import { ConfigError } from '@prior/config';
import { OperatorError } from '@prior/database';
import { helpOf, parseOptions, UsageError, usageOf, type Command, type Invocation } from './command';

/** Exit status of sysexits(3) for wrong usage. */
const EX_USAGE = 64;

function overview(commands: readonly Command[]): string {
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return ['Usage: prior COMMAND [options]', '', ...lines, '', 'prior COMMAND --help tells more.'].join('\n');
}

/**
 * Runs one command of the tool. Whatever the operator can mend is one clear line on stderr; only a fault of ours
 * shows a stack.
 *
 * @returns the exit status
 */
export async function runCli(commands: readonly Command[], argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(overview(commands));
    return name === undefined ? EX_USAGE : 0;
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    console.error(`There is no command "${name}".\n${overview(commands)}`);
    return EX_USAGE;
  }
  try {
    const invocation = invocationOf(command, rest);
    if (invocation === 'help') {
      console.log(helpOf(command));
      return 0;
    }
    return await command.run(invocation);
  } catch (error) {
    return explain(command, error);
  }
}

function invocationOf(command: Command, args: string[]): Invocation | 'help' {
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args, options: parseOptions(command), allowPositionals: true, strict: true });
  } catch (error) {
    // Node's own text ends with advice about "--" that helps nobody here.
    throw new UsageError(((error as Error).message.split('. ')[0] ?? '').replace(/\.?$/, '.'));
  }
  if (parsed.values['help'] === true) return 'help';
  const operands = command.operands ?? [];
  if (parsed.positionals.length !== operands.length) {
    const [extra] = parsed.positionals.slice(operands.length);
    throw new UsageError(
      extra === undefined
        ? `${operands.join(' ')} is missing.`
        : `There is one argument too many: "${extra}".`,
    );
  }
  return { values: parsed.values as Invocation['values'], positionals: parsed.positionals };
}

function explain(command: Command, error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n${usageOf(command)}`);
    return EX_USAGE;
  }
  if (error instanceof ConfigError) {
    console.error(error.message);
    return ConfigError.exitCode;
  }
  const advice = error instanceof OperatorError;
  console.error(`prior ${command.name}: ${advice ? error.message : messageOf(error)}`);
  return 1;
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'ECONNRESET']);

function messageOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  if (code !== undefined && UNREACHABLE.has(code)) {
    return `the server cannot be reached (${message || code}). Is it running, and are DB_HOST and DB_PORT right?`;
  }
  if (code === 'ER_ACCESS_DENIED_ERROR') return `${message}. Are DB_USER and DB_PASSWORD right?`;
  if (code === 'ER_BAD_DB_ERROR') return `${message}. Make it with CREATE DATABASE, or correct DB_NAME.`;
  if (code !== undefined && message !== undefined) return message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
