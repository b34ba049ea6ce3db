import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { isGuarded } from '@prior/http';
import { CACHED, type CachedOptions } from '../http/cached.decorator';
import { isLoad } from '../http/load.decorator';

/** How Nest names the arguments that come from the path; their place follows. */
const PATH_ARGUMENT = `${RouteParamtypes.PARAM}:`;

interface CachedHandler {
  readonly instance: object;
  readonly controller: Type;
  readonly name: string;
  readonly handler: object;
  readonly options: CachedOptions;
  /** One instance serves all requests. */
  readonly isShared: boolean;
}

/** All handlers of the application that wear `@Cached`. */
export function* cachedHandlers(
  discovery: DiscoveryService,
  scanner: MetadataScanner,
): Generator<CachedHandler> {
  for (const wrapper of discovery.getControllers()) {
    const { instance, metatype } = wrapper;
    if (!instance || !metatype) continue;
    const [controller, isShared] = [metatype as Type, wrapper.isDependencyTreeStatic()];
    const prototype = Object.getPrototypeOf(instance) as Record<string, unknown>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name] as object;
      const options = Reflect.getMetadata(CACHED, handler) as CachedOptions | undefined;
      if (options) yield { instance: instance as object, controller, name, handler, options, isShared };
    }
  }
}

/**
 * What would be served wrongly, and by no test be seen: the start refuses it. A shared cache must never hold what only
 * some may see; a parameter that is read by a schema must be read so for the tags as well; and whoever reads must be able
 * to say that what it has read is not proven.
 *
 * @throws Error that names the handlers
 */
export function refuseWrongCaching(handlers: Iterable<CachedHandler>): void {
  const guarded: string[] = [];
  const raw: string[] = [];
  const alone: string[] = [];
  for (const { controller, name, handler, options } of handlers) {
    const fullName = `${controller.name}.${name}`;
    if (isGuarded(handler, controller)) guarded.push(fullName);
    if (!options.params && readsPath(controller, name)) raw.push(fullName);
    if (!argumentsOf(controller, name).some(([, { factory }]) => isLoad(factory))) alone.push(fullName);
  }
  if (guarded.length > 0) {
    throw new Error(
      `@Cached and a guard on the same handler: ${guarded.join(', ')}. Everybody would get the answer of the first; ` +
        'remove one of the two.',
    );
  }
  if (raw.length > 0) {
    throw new Error(
      `@Cached without params, and @Param with a schema: ${raw.join(', ')}. /01 would be kept apart from /1, and no ` +
        'write would drop it; give @Cached the same schema: params: z.object({ … }).',
    );
  }
  if (alone.length > 0) {
    throw new Error(
      `@Cached without @Load: ${alone.join(', ')}. What it reads could not say that it is not proven fresh; ` +
        'give it an argument @Load() load: LoadContext, and hand that to the router.',
    );
  }
}

/** Whether one of a handler's path parameters has a schema. */
const readsPath = (controller: object, name: string): boolean =>
  argumentsOf(controller, name).some(
    ([key, { schema }]) => key.startsWith(PATH_ARGUMENT) && schema !== undefined,
  );

/** A handler's arguments, as Nest keeps them. */
function argumentsOf(controller: object, name: string): [string, { schema?: unknown; factory?: unknown }][] {
  const known: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name);
  return Object.entries((known ?? {}) as Record<string, object>);
}
