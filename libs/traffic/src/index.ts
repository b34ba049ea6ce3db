export { TrafficModule } from './traffic.module';
export { type Client, ClientAddresses } from './address/client-address';
export { Networks } from './address/networks';
export { AdmissionGate, type AdmissionGateOptions, retryAfterS } from './admission/admission-gate';
export { InFlightGate } from './admission/in-flight-gate';
export { Door } from './door/door';
export { RateLimit, type RateLimitOptions } from './door/rate-limit.decorator';
export {
  type AnswerEarly,
  registerAdmission,
  registerRateLimit,
  type RateLimitHookOptions,
} from './door/register';
export { type Quota, quotaOf, type RateDecision } from './rate-limit/decision';
export { rateHeaderLines } from './rate-limit/headers';
export { type LimiterOptions, RateLimiter } from './rate-limit/limiter';
export { perMinute, type QuotaOptions, type RouteLimit } from './rate-limit/quotas';
export { type RatePolicy, unsettledMax } from './rate-limit/rate';
export { GcraThrottlerStorage } from './rate-limit/storage';
