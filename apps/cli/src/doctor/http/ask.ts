import { TimeLimitError } from '@prior/resilience';

/** Longest time of one request, ms. */
export const REQUEST_MS = 3_000;

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Until its headers were there, ms. */
  readonly firstByteMs: number;
}

/** One GET; redirects are answers too. @throws TimeLimitError after 3 s, or fetch's error */
export async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const started = performance.now();
  try {
    const response = await fetch(url, {
      headers: { 'user-agent': 'prior-doctor', ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    const firstByteMs = performance.now() - started;
    return { status: response.status, headers: response.headers, body: await response.text(), firstByteMs };
  } catch (error) {
    throw (error as Error).name === 'TimeoutError' ? new TimeLimitError(url, REQUEST_MS) : error;
  }
}
