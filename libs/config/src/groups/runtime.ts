import { availableParallelism } from 'node:os';
import { group } from '../group';
import { int, list, oneOf } from '../variables';

/** The process itself: how many, how loud, how long it takes to stop. */
export const runtime = group(
  {
    NODE_ENV: oneOf('NODE_ENV', ['production', 'development', 'test'], {
      description: 'What kind of surroundings this is',
      fallback: 'production',
    }),
    WORKERS: int('WORKERS', {
      description: 'API processes on this host, 0 for one per core; pools are divided by this number',
      fallback: 0,
      max: 256,
    }),
    LOG_LEVEL: oneOf('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      description: 'Least important log line that is written',
      fallback: 'info',
    }),
    SHUTDOWN_DELAY_MS: int('SHUTDOWN_DELAY_MS', {
      description:
        'ms between a failing readiness probe and the end of accepting, so that balancers look away first',
      fallback: 2_000,
      max: 120_000,
    }),
    SHUTDOWN_GRACE_MS: int('SHUTDOWN_GRACE_MS', {
      description: 'ms that requests in flight get to finish after that',
      fallback: 10_000,
      max: 300_000,
    }),
    WORKER_MEMORY_LIMIT_MB: int('WORKER_MEMORY_LIMIT_MB', {
      description: 'MB of memory (RSS) after which a worker is replaced gently, 0 for never',
      fallback: 500,
    }),
    PRIOR_TEST_QUERY_DELAY_MS: int('PRIOR_TEST_QUERY_DELAY_MS', {
      description:
        'For the checks, and only with NODE_ENV=test: ms that every statement of the catalogue takes longer',
      fallback: 0,
      max: 60_000,
    }),
    PRIOR_MUTANTS: list(
      'PRIOR_MUTANTS',
      {
        description:
          'For the checks, and only with NODE_ENV=test: guarantees to switch off, to see that it is noticed',
        example: 'PRIOR_MUTANTS=no-admission,fixed-window',
        wants: 'a name such as no-admission',
      },
      (item) => (/^[a-z][a-z-]*$/.test(item) ? item : undefined),
    ),
  },
  (v) => ({
    env: v.NODE_ENV,
    /** Resolved: never 0. */
    workers: v.WORKERS || availableParallelism(),
    logLevel: v.LOG_LEVEL,
    shutdownDelayMs: v.SHUTDOWN_DELAY_MS,
    shutdownGraceMs: v.SHUTDOWN_GRACE_MS,
    workerMemoryLimitMb: v.WORKER_MEMORY_LIMIT_MB,
    /** Always 0 outside of tests. */
    testQueryDelayMs: v.NODE_ENV === 'test' ? v.PRIOR_TEST_QUERY_DELAY_MS : 0,
    /** Always empty outside of tests. */
    mutants: v.NODE_ENV === 'test' ? v.PRIOR_MUTANTS : [],
  }),
);
