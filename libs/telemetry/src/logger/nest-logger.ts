import type { LoggerService, LogLevel } from '@nestjs/common';
import type { Logger } from 'pino';

type PinoLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

const STARTUP = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/**
 * Nest's logger on top of pino: `app.useLogger(new NestLogger(createLogger(…)))`. Nest passes the context as the
 * last argument, and a stack before it for errors.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    // What Nest says of every module and route at its start is for whoever looks for a fault in it.
    this.write(STARTUP.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    // A start that fails is thrown as well, and said once by whoever catches it.
    this.write(rest.at(-1) === 'ExceptionHandler' ? 'debug' : 'error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** The level is pino's business (`LOG_LEVEL`); Nest's list of levels only ever asks for more. */
  setLogLevels(_levels: LogLevel[]): void {}

  private write(level: PinoLevel, message: unknown, rest: unknown[]): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    const others = context === undefined ? rest : rest.slice(0, -1);
    const error = [message, ...others].find((item): item is Error => item instanceof Error);
    const stack = others.find(
      (item): item is string => typeof item === 'string' && item.includes('\n    at '),
    );
    const fields: Record<string, unknown> = { ...(context ? { context } : {}) };
    for (const item of [message, ...others]) {
      if (item && typeof item === 'object' && !(item instanceof Error)) Object.assign(fields, item);
    }
    if (error) fields.err = error;
    else if (stack) fields.err = { stack };
    this.logger[level](fields, typeof message === 'string' ? message : (error?.message ?? ''));
  }
}
