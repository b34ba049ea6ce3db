/** A shared cache that forgets answers by their tags. */
export interface EdgeTarget {
  /** For logs and metrics; holds no secret. */
  readonly name: string;
  readonly maxTags: number;
  /** Most characters of one call's tags together. */
  readonly maxLength: number;
  /**
   * Forgets every stored answer that carries one of these tags (as `edgeTag` writes them).
   * @throws PurgeFailed when the target has not confirmed it
   */
  purge(tags: readonly string[]): Promise<void>;
}

/** The edge has not confirmed a purge. */
export class PurgeFailed extends Error {
  override readonly name = 'PurgeFailed';

  /**
   * @param message what happened and what to do
   * @param retryAfterMs how long the edge asks to be left alone; undefined when it does not say
   */
  constructor(
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** Longer than any edge takes, shorter than a failure may go unnoticed, ms. */
export const CALL_LIMIT_MS = 5_000;

/** Why a call got no answer, in words: undici hides the reason in `cause`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${CALL_LIMIT_MS} ms`;
  const cause = error.cause as { code?: string; message?: string } | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
