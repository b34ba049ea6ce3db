import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  getOptionsToken,
  getStorageToken,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientAddresses } from '../address/client-address';
import { rateHeaders } from '../rate-limit/headers';
import { RateLimited } from '../rate-limit/rate-limited';
import { decidedOf } from './decided';

/** Metadata key of `@Throttle()`, which the package does not export. */
const OWN_LIMIT = 'THROTTLER:LIMIT';

/**
 * `@nestjs/throttler`'s guard. The hook in front of Nest has counted the request already, so normally there is
 * nothing left to do; a route with `@Throttle()` is counted under that limit too, and a request that came by another
 * way (an application without the hook) is counted here.
 */
@Injectable()
export class TrafficGuard extends ThrottlerGuard {
  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly addresses: ClientAddresses,
  ) {
    super(options, storage, reflector);
  }

  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, blockDuration, generateKey } = request;
    const http = context.switchToHttp();
    const { raw } = http.getRequest<FastifyRequest>();
    const name = throttler.name ?? 'default';
    const own = this.reflector.getAllAndOverride<unknown>(OWN_LIMIT + name, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (own === undefined && decidedOf(raw) !== undefined) return true;

    const tracker = this.addresses.of(raw.socket.remoteAddress, raw.headers).key;
    const key = generateKey(context, tracker, name);
    const { totalHits, isBlocked, timeToExpire, timeToBlockExpire } = await this.storageService.increment(
      key,
      ttl,
      limit,
      blockDuration,
      name,
    );
    const made = {
      policy: { name, limit, windowMs: ttl },
      allowed: !isBlocked,
      by: 'redis',
      remaining: Math.max(0, limit - totalHits),
      resetS: timeToExpire,
      retryAfterS: timeToBlockExpire,
    } as const;
    if (isBlocked) throw new RateLimited(made);
    http.getResponse<FastifyReply>().headers(rateHeaders(made));
    return true;
  }
}
