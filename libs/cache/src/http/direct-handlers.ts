import type { Type } from '@nestjs/common';
import { INTERCEPTORS_METADATA, PIPES_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { LoadContext } from '@prior/http';
import type { CachedInput, CachedOptions } from './cached.decorator';
import { isLoad } from './load.decorator';

/** Calls a handler with what was validated, for a load. */
export type DirectCall = (input: CachedInput, load: LoadContext) => Promise<unknown>;

/** One of a handler's arguments, as Nest keeps it under `type:index`. */
interface Argument {
  readonly index: number;
  /** The parameter's name; undefined for all of them. */
  readonly data?: unknown;
  readonly schema?: unknown;
  readonly pipes?: readonly unknown[];
  /** Of a parameter decorator that is none of Nest's own. */
  readonly factory?: unknown;
}

type ValueOf = (input: CachedInput, load: LoadContext) => unknown;

/** Cached handlers that need nothing of the pipeline but their input, as it was validated for the cache. */
export class DirectHandlers {
  private readonly calls = new Map<object, DirectCall>();
  private readonly seen = new Set<object>();

  /** @param name of the method, which wears `@Cached` with these options */
  add(instance: object, controller: Type, name: string, options: CachedOptions): void {
    const handler = (instance as Record<string, (...args: unknown[]) => unknown>)[name]!;
    // One that two controllers have inherited: nobody can tell whose it is.
    if (this.seen.has(handler)) return void this.calls.delete(handler);
    this.seen.add(handler);
    if ([handler, controller].some(isEnhanced)) return;
    const known = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<
      string,
      Argument
    >;
    const values: ValueOf[] = [];
    for (const [type, argument] of Object.entries(known)) {
      const value = valueOf(type, argument, options);
      if (!value) return;
      values[argument.index] = value;
    }
    // (What wears no decorator gets the request from Nest.)
    if (values.length < handler.length || values.includes(undefined as never)) return;
    this.calls.set(handler, (input, load) => {
      try {
        const made = handler.apply(
          instance,
          values.map((value) => value(input, load)),
        );
        return Promise.resolve(made); // what is a promise already stays that one
      } catch (error) {
        return Promise.reject(error as Error);
      }
    });
  }

  /** @returns undefined when only the pipeline can call it: it has interceptors or pipes, or asks for the request */
  callOf(handler: object): DirectCall | undefined {
    return this.calls.get(handler);
  }
}

/** `@Throttle()` and `@SkipThrottle()` keep theirs under names of this kind, for the guard in the pipeline. */
const THROTTLER = 'THROTTLER:';

const isEnhanced = (target: object): boolean =>
  Reflect.hasMetadata(INTERCEPTORS_METADATA, target) ||
  Reflect.hasMetadata(PIPES_METADATA, target) ||
  Reflect.getMetadataKeys(target).some((key) => String(key).startsWith(THROTTLER));

/** What stands in the cache's input already: the query and parts of the path by the very same schema, or by none. */
function valueOf(
  type: string,
  { data, schema, pipes = [], factory }: Argument,
  options: CachedOptions,
): ValueOf | undefined {
  if (pipes.length > 0) return undefined;
  if (isLoad(factory)) return (_input, load) => load;
  const isQuery = type.startsWith(`${RouteParamtypes.QUERY}:`);
  if (isQuery && data === undefined && schema !== undefined && schema === options.query)
    return ({ query }) => query;
  const isParam = type.startsWith(`${RouteParamtypes.PARAM}:`);
  if (isParam && typeof data === 'string' && schema === schemaOf(data, options))
    return ({ params }) => params[data];
  return undefined;
}

/** The schema that the cache's input has a part of the path by; null when nobody can tell. */
function schemaOf(name: string, { params }: CachedOptions): unknown {
  if (params === undefined) return undefined;
  return (params as { readonly shape?: Readonly<Record<string, unknown>> }).shape?.[name] ?? null;
}
