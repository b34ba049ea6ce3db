/** Something took longer than it may. */
export class TimeLimitError extends Error {
  readonly code = 'ETIMEDOUT';

  /** @param ms the limit that passed */
  constructor(
    readonly what: string,
    readonly ms: number,
  ) {
    super(`${what} took longer than ${ms} ms`);
    this.name = 'TimeLimitError';
  }
}

/**
 * Waits for `promise`, but no longer than `ms`. The work itself goes on unless `onTimeout` ends it (close the
 * connection, abort the signal); what it then still answers, or throws, is ignored.
 *
 * @param ms limit in milliseconds
 * @param onTimeout called when the limit passes; may return the error to reject with
 * @throws TimeLimitError when the limit passes, or what `promise` rejects with
 */
export function withTimeLimit<T>(
  promise: Promise<T>,
  ms: number,
  onTimeout?: () => Error | void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      let error: Error | void;
      try {
        error = onTimeout?.();
      } catch (thrown) {
        error = thrown instanceof Error ? thrown : new Error(String(thrown));
      }
      reject(error ?? new TimeLimitError('the call', ms));
    }, ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
