import type { DestinationStream } from 'pino';

const NAMES: Record<number, string> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO ',
  40: 'WARN ',
  50: 'ERROR',
  60: 'FATAL',
};
const COLOURS: Record<number, number> = { 40: 33, 50: 31, 60: 31 };

/** Turns pino's JSON lines into lines for people. Development only: it parses every line again. */
export function readable(
  out: { write(text: string): unknown; isTTY?: boolean } = process.stdout,
): DestinationStream {
  return {
    write(line: string) {
      out.write(`${format(line, out.isTTY === true)}\n`);
    },
  };
}

function format(line: string, colours: boolean): string {
  const {
    level,
    time,
    context,
    msg,
    err,
    pid: _pid,
    hostname: _hostname,
    ...rest
  } = JSON.parse(line) as {
    level: number;
    time: number;
    context?: string;
    msg?: string;
    err?: { stack?: string; message?: string };
    pid?: number;
    hostname?: string;
  };
  const clock = new Date(time).toISOString().slice(11, 23);
  const name = NAMES[level] ?? String(level);
  const colour = COLOURS[level];
  const label = colours && colour ? `\u001b[${colour}m${name}\u001b[0m` : name;
  const extra = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : '';
  const trace = err ? `\n${err.stack ?? err.message ?? ''}` : '';
  return `${clock} ${label} ${context ? `[${context}] ` : ''}${msg ?? ''}${extra}${trace}`;
}
