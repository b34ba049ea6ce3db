import pino, { type DestinationStream, type Logger } from 'pino';
import { readable } from './readable';
import { redact, redactText } from './redact';

export interface LoggerOptions {
  /** pino level: `trace`, `debug`, `info`, `warn`, `error`, `fatal`, `silent`. */
  level: string;
  /** Lines for people instead of JSON. */
  pretty?: boolean;
  /** Written into every line, e.g. the worker's number. */
  base?: Record<string, unknown>;
  /** Where lines go; the standard output if absent. */
  destination?: DestinationStream;
}

/** Fields of the request being served; libs/http provides them from its request context. */
export type LogContext = () => Record<string, unknown> | undefined;

let context: LogContext = () => undefined;

/** Every later line carries what `provider` returns for the request in whose course it is written. */
export function setLogContext(provider: LogContext): void {
  context = provider;
}

/** A pino logger that hides secrets in objects, errors and texts, and adds the request's id. */
export function createLogger(options: LoggerOptions): Logger {
  const destination =
    options.destination ?? (options.pretty ? readable() : pino.destination({ dest: 1, sync: false }));
  return pino(
    {
      level: options.level,
      base: options.base ?? {},
      // Errors are shaped by redact() below, not by pino's serializer, which would copy their secrets.
      serializers: { err: (value: unknown) => value },
      formatters: { log: (fields) => redact(fields) as Record<string, unknown> },
      mixin: () => (redact(context() ?? {}) as Record<string, unknown>) ?? {},
      hooks: {
        logMethod(args, method) {
          const safe = args.map((arg) => (typeof arg === 'string' ? redactText(arg) : arg));
          method.apply(this, safe as Parameters<typeof method>);
        },
      },
    },
    destination,
  );
}
