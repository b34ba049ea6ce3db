export interface RetryOptions {
  /** Repetitions after the first try. Default 2. */
  readonly retries?: number;
  /** Longer waits than this, in seconds, are left to the caller. Default 5. */
  readonly maxWaitS?: number;
  /** Waits; rejects when the signal is aborted. For tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Those refused together should not come back together, ms. */
const SPREAD_MS = 250;

/** Codes of refusals from before anything was done: repeating a write changes nothing twice. */
const NOT_BEGUN: readonly unknown[] = ['rate_limited', 'overloaded', 'shutting_down'];

type Fetch = (request: Request) => Promise<Response>;

/**
 * Repeats what the API refused with Retry-After (RFC 9110, section 10.2.3), after that time: reads always, writes only
 * when the refusal says that nothing was done, or when they carry an Idempotency-Key.
 *
 * It wraps fetch and is no middleware of openapi-fetch because a middleware is shown the request when its body is spent.
 */
export function retrying(send: Fetch, { retries = 2, maxWaitS = 5, wait = sleep }: RetryOptions = {}): Fetch {
  return async (request) => {
    for (let left = retries; ; left -= 1) {
      const response = await send(left > 0 ? request.clone() : request);
      if (left <= 0) return response;
      const waitS = retryAfterS(response.headers.get('Retry-After'));
      if (waitS === undefined || waitS > maxWaitS || !(await mayRepeat(request, response))) return response;
      await response.body?.cancel();
      await wait(waitS * 1_000 + Math.random() * SPREAD_MS, request.signal);
    }
  };
}

async function mayRepeat(request: Request, response: Response): Promise<boolean> {
  if (![409, 429, 503].includes(response.status)) return false;
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  if (request.headers.has('Idempotency-Key')) return true;
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return (
    typeof problem === 'object' && problem !== null && 'code' in problem && NOT_BEGUN.includes(problem.code)
  );
}

/** @returns seconds, from a number or from a date; undefined for neither */
export function retryAfterS(value: string | null, now = Date.now()): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1_000);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
