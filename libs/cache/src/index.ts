export { CachedReads } from './engine/cached-reads';
export type { CachedAnswer, CachedQuestion, Loaded, Outcome } from './engine/types';
export { Cached, CACHED, type CachedInput, type CachedOptions } from './http/cached.decorator';
export { CacheModule } from './module/cache.module';
export { CachePublisher } from './module/publisher';
export { DrainGate, type Proof } from './protocol/drain-gate';
export type { Held } from './tiers/l1';
export { ConsistencyTokens, TOKEN_TTL_MS } from './token/consistency-token';
