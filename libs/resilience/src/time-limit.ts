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

/** Between the two looks for an answer that is late, ms: enough for one that was asked for only just now. */
const SECOND_LOOK_MS = 50;

/**
 * Calls `onLate` after `ms` and a second look. Nobody may be called silent whom this process did not listen to: when the
 * event loop itself was late, the answer may lie in the socket by now; and the question may have left at the end of the
 * long turn in which it was asked, so that its answer comes a turn later still.
 *
 * @returns stops it
 */
export function lateTimer(ms: number, onLate: () => void): () => void {
  const late: Late = { onLate, timer: undefined, look: undefined };
  late.timer = setTimeout(firstLook, ms, late);
  return () => {
    clearTimeout(late.timer);
    if (late.look) clearImmediate(late.look);
  };
}

/** One object, and functions that all share: a load has five of these timers. */
interface Late {
  readonly onLate: () => void;
  timer: NodeJS.Timeout | undefined;
  look: NodeJS.Immediate | undefined;
}

// Sockets are read between the timers and the immediates of a turn of the loop.
const firstLook = (late: Late): void => void (late.look = setImmediate(wait, late));
const wait = (late: Late): void => void (late.timer = setTimeout(secondLook, SECOND_LOOK_MS, late));
const secondLook = (late: Late): void => void (late.look = setImmediate(late.onLate));

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
    const stop = lateTimer(ms, () => {
      let error: Error | void;
      try {
        error = onTimeout?.();
      } catch (thrown) {
        error = thrown instanceof Error ? thrown : new Error(String(thrown));
      }
      reject(error ?? new TimeLimitError('the call', ms));
    });
    promise.then(
      (result) => {
        stop();
        resolve(result);
      },
      (error: unknown) => {
        stop();
        reject(error as Error);
      },
    );
  });
}
