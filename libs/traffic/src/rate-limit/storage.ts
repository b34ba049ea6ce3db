import type { ThrottlerStorage } from '@nestjs/throttler';
import { quotaOf } from './decision';
import type { RateLimiter } from './limiter';
import type { RatePolicy } from './rate';

type Standing = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * The storage of `@nestjs/throttler` on our limiter. GCRA ends a denial as soon as a request fits again, so there is
 * nothing to block beyond that: `blockDuration` is not used.
 */
export class GcraThrottlerStorage implements ThrottlerStorage {
  private readonly policies = new Map<string, RatePolicy>();

  constructor(private readonly limiter: RateLimiter) {}

  /** @param ttl length of the window in ms */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    _blockDuration: number,
    name: string,
  ): Promise<Standing> {
    const made = await this.limiter.check(quotaOf(this.policy(name, limit, ttl), key));
    return {
      totalHits: limit - made.remaining + (made.allowed ? 0 : 1),
      timeToExpire: made.resetS,
      isBlocked: !made.allowed,
      timeToBlockExpire: made.retryAfterS,
    };
  }

  private policy(name: string, limit: number, windowMs: number): RatePolicy {
    const id = `${name}:${limit}:${windowMs}`;
    let policy = this.policies.get(id);
    if (!policy) this.policies.set(id, (policy = { name, limit, windowMs }));
    return policy;
  }
}
