export * from './redis';
export { breaker, breakerStates, BreakerOpenError } from './breaker';
export type { Breaker, BreakerOptions, BreakerState } from './breaker';
export { lateTimer, TimeLimitError, withTimeLimit } from './time-limit';
