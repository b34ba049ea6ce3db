import 'reflect-metadata';
import { RouteConfig } from '@nestjs/platform-fastify';
import { perMinute, type RouteLimit } from '../rate-limit/quotas';

/** Nest's own key; decorators that share it must not overwrite one another. */
const ROUTE_CONFIG = '__fastify_route_config__';

declare module 'fastify' {
  interface FastifyContextConfig {
    rateLimit?: RouteLimit;
  }
}

export interface RateLimitOptions {
  /** A limit of this route's own: its name (letters and dashes) and requests a minute. */
  readonly perMin?: { readonly name: string; readonly limit: number };
  /** Not limited at all. */
  readonly exempt?: boolean;
  /** Networks that this route does not limit, beside those of RATE_LIMIT_EXEMPT. */
  readonly exemptNetworks?: readonly string[];
}

/**
 * Changes the limit of one route.
 *
 * @example \@RateLimit({ perMin: { name: 'sign-in', limit: 5 } })
 */
export function RateLimit({ perMin, ...rest }: RateLimitOptions): MethodDecorator {
  const rateLimit: RouteLimit = { ...rest, ...(perMin && { own: perMinute(perMin.name, perMin.limit) }) };
  return (target, key, descriptor) => {
    const before = Reflect.getMetadata(ROUTE_CONFIG, descriptor.value as object) as object | undefined;
    RouteConfig({ ...before, rateLimit })(target, key, descriptor);
  };
}
