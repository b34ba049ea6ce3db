import type { Middleware } from 'openapi-fetch';

const HEADER = 'X-Consistency-Token';
/** How long the API honours a token, ms (docs/consistency.md). */
const TOKEN_LIFE_MS = 10_000;
/** How many the API looks at. */
const MOST = 4;

/** The type says what Node's own `RequestInit` leaves out. */
const UNCACHED: RequestInit & { readonly cache: 'no-store' } = { cache: 'no-store' };

interface Token {
  readonly text: string;
  readonly until: number;
}

/**
 * Read your own writes: keeps the tokens of the last writes and sends them with everything that follows, until they
 * expire. A token that was sent with a write is part of the one that comes back; only writes that overlap leave several.
 *
 * @param now ms that only go forward
 */
export function consistency(now: () => number = () => performance.now()): Middleware {
  let tokens: readonly Token[] = [];
  const sent = new Map<string, readonly Token[]>();

  return {
    onRequest({ request, id }) {
      tokens = tokens.filter(({ until }) => until > now());
      if (tokens.length === 0 || request.headers.has(HEADER)) return undefined;
      sent.set(id, tokens);
      request.headers.set(HEADER, tokens.map(({ text }) => text).join(','));
      // The browser's cache knows nothing of tokens: it would answer with what was true before.
      return request.method === 'GET' ? new Request(request, UNCACHED) : undefined;
    },
    onResponse({ response, id }) {
      const covered = sent.get(id) ?? [];
      sent.delete(id);
      const text = response.headers.get(HEADER);
      if (text === null) return;
      const others = tokens.filter((token) => !covered.includes(token));
      tokens = [...others, { text, until: now() + TOKEN_LIFE_MS }].slice(-MOST);
    },
    onError({ id }) {
      sent.delete(id);
    },
  };
}
