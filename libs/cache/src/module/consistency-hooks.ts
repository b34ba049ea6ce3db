import type { Consistency, RequestContext } from '@prior/http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ConsistencyTokens, TOKEN_TTL_MS } from '../token/consistency-token';

export const TOKEN_HEADER = 'x-consistency-token';
export const TOKEN_COOKIE = 'prior_ct';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by @prior/http for every request. */
    context: RequestContext;
  }
}

/** Reads what a client is owed from its token, and gives tokens to those who have written. */
export function addConsistencyHooks(fastify: FastifyInstance, tokens: ConsistencyTokens): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.context.consistency = owed(request, tokens);
    done();
  });

  fastify.addHook('onSend', (request, reply, _payload, done) => {
    const { written, load } = request.context;
    if (written) {
      const { headers } = request;
      const token = tokens.issue(
        written.published,
        Date.now(),
        tokensIn(headers[TOKEN_HEADER], headers.cookie),
      );
      const cookie = `${TOKEN_COOKIE}=${token}; Path=/api; Max-Age=${TOKEN_TTL_MS / 1000}; HttpOnly; SameSite=Lax`;
      reply.header(TOKEN_HEADER, token).header('set-cookie', cookie);
    }
    // Reads that no cache handles are marked all the same.
    if (load?.unproven && !reply.hasHeader('x-cache')) reply.header('x-cache', 'STALE');
    done();
  });
}

/** The header, else the cookie; of several tokens the strongest counts. Forged and expired ones change nothing. */
function owed({ headers }: FastifyRequest, tokens: ConsistencyTokens): Consistency {
  let strongest: Consistency = 'normal';
  for (const token of tokensIn(headers[TOKEN_HEADER], headers.cookie)) {
    const consistency = tokens.read(token);
    if (consistency === 'bypass') return 'bypass';
    if (consistency) strongest = consistency;
  }
  return strongest;
}

function* tokensIn(header: string | string[] | undefined, cookie: string | undefined): Generator<string> {
  if (header)
    yield* [header]
      .flat()
      .join(',')
      .split(/\s*,\s*/)
      .slice(0, 4);
  if (!cookie?.includes(TOKEN_COOKIE)) return;
  for (const part of cookie.split(';')) {
    const [name, value] = part.split('=');
    if (name?.trim() === TOKEN_COOKIE && value) yield value.trim();
  }
}
