import type { Type } from '@nestjs/common';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { isGuarded } from '@prior/http';
import { CACHED } from '../http/cached.decorator';

/**
 * A shared cache must never hold what only some may see: a handler that is both cached and guarded is a mistake that
 * the start refuses, not one that a test has to find.
 *
 * @throws Error that names the handlers
 */
export function refuseGuardedCaching(discovery: DiscoveryService, scanner: MetadataScanner): void {
  const wrong: string[] = [];
  for (const { instance, metatype } of discovery.getControllers()) {
    if (!instance || !metatype) continue;
    const prototype = Object.getPrototypeOf(instance) as Record<string, unknown>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name] as object;
      if (!Reflect.hasMetadata(CACHED, handler)) continue;
      if (isGuarded(handler, metatype as Type)) wrong.push(`${(metatype as Type).name}.${name}`);
    }
  }
  if (wrong.length > 0) {
    throw new Error(
      `@Cached and a guard on the same handler: ${wrong.join(', ')}. Everybody would get the answer of the first; ` +
        'remove one of the two.',
    );
  }
}
