import { setTimeout as sleep } from 'node:timers/promises';

export interface Visit {
  readonly status: number;
  readonly text: string;
  /** A header, null when it is not there. */
  header(name: string): string | null;
}

/** Anybody's GET. */
export async function visit(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Visit> {
  const answer = await fetch(url, { method, headers, redirect: 'manual' });
  return { status: answer.status, text: await answer.text(), header: (name) => answer.headers.get(name) };
}

/** How the edge answered: HIT, MISS, STALE or BYPASS. */
export const edgeCache = async (url: string, headers?: Record<string, string>): Promise<string | null> =>
  (await visit(url, headers)).header('x-edge-cache');

/**
 * Asks until the edge answers by itself. (An API on a machine with other work may say for a moment that it cannot prove
 * its answer fresh; such an answer is not stored.)
 */
export async function untilStored(url: string): Promise<void> {
  for (let asked = 1; asked <= 100; asked += 1) {
    if ((await edgeCache(url)) === 'HIT') return;
    await sleep(20);
  }
  throw new Error(`${url} is not stored`);
}

/**
 * Asks again and again until the answer contains `wanted`.
 * @returns ms since `since`
 * @throws after `limitMs`, with the last answer
 */
export async function untilVisible(
  url: string,
  wanted: string,
  since: number,
  limitMs: number,
): Promise<number> {
  for (;;) {
    const { text } = await visit(url);
    const passed = performance.now() - since;
    if (text.includes(wanted)) return passed;
    if (passed > limitMs)
      throw new Error(`${wanted} was not seen within ${limitMs} ms: ${text.slice(0, 300)}`);
    await sleep(25);
  }
}
