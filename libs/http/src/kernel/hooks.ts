import { isUtf8 } from 'node:buffer';
import type { Server } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { currentTraceId, setLogContext } from '@prior/telemetry';
import { credentialsOf } from '../auth/credentials';
import { currentContext, RequestContext, runAsRequest, runInContext } from '../context/context';
import { PRIVATE } from '../etag/cache-control';
import { Problem } from '../problems/problem';
import { acceptsJson } from './accept';
import { recordRoutes } from './allow';
import { answerExpectations } from './expectation';
import { measureAnswers } from './measure';
import { nameSpan, traceOf } from './trace';

const OWN = Symbol('context');

declare module 'fastify' {
  interface FastifyRequest {
    [OWN]: RequestContext | null;
    /** The same object that `currentContext()` returns while the request is answered. */
    context: RequestContext;
  }
}

/**
 * What happens to every request before Nest sees it. Call it once, before any route is registered.
 */
export function prepareFastify(instance: FastifyInstance): void {
  recordRoutes(instance);
  answerExpectations(instance.server as Server);
  measureAnswers(instance);
  setLogContext(logContext);
  nameSpan(instance);
  prepareBodies(instance);
  prepareContext(instance);

  instance.addHook('onRequest', (request, reply, done) => {
    const context = new RequestContext(request.id, reply.raw);
    context.hasCredentials = credentialsOf(request.headers) !== undefined;
    context.traceId = traceOf(request.headers);
    request[OWN] = context;
    // Whoever makes an answer public has to say so; what nobody thought of is kept by nobody.
    reply.header('x-request-id', request.id).header('cache-control', PRIVATE);
    runAsRequest(context, reply.raw, done);
  });

  instance.addHook('onResponse', (request, _reply, done) => {
    request[OWN]?.end();
    done();
  });

  // Behind the hooks of every plug-in, so that a refusal carries their headers too.
  instance.addHook('preParsing', (request, _reply, payload, done) => {
    const refused = refusal(request);
    if (refused) done(refused);
    else done(null, payload);
  });

  // A body arrives in events of the socket, which belong to no request: enter the context again behind them.
  instance.addHook('preValidation', (request, _reply, done) => {
    if (request.method === 'GET' || request.method === 'HEAD') done();
    else runInContext(request.context, done);
  });
}

/** What is refused before our own hook runs (`OPTIONS *`, by Nest) has a context too: later hooks rely on it. */
function prepareContext(instance: FastifyInstance): void {
  instance.decorateRequest(OWN, null);
  instance.decorateRequest('context', {
    getter(this: FastifyRequest): RequestContext {
      return (this[OWN] ??= new RequestContext(this.id));
    },
  });
}

function logContext(): Record<string, unknown> | undefined {
  const context = currentContext();
  const traceId = context?.traceId ?? currentTraceId();
  return { ...(context && { requestId: context.id }), ...(traceId && { traceId }) };
}

function refusal({ is404, url, headers }: FastifyRequest): Problem | undefined {
  if (is404) return undefined;
  if (url.startsWith('/api/') && !acceptsJson(headers.accept)) return new Problem('not_acceptable');
  const coding = headers['content-encoding'];
  if (coding === undefined || coding === 'identity') return undefined;
  // RFC 9110, section 12.5.3: the answer says which codings would do.
  return new Problem('unsupported_media_type', {
    detail: 'Send the body as it is, without Content-Encoding.',
    headers: { 'accept-encoding': 'identity' },
  });
}

/** A `charset` that is not UTF-8, which JSON is always in (RFC 8259, section 8.1). */
const FOREIGN_CHARSET = /;\s*charset=(?!"?utf-?8"?\s*(?:;|$))/i;

/** Bodies are JSON. An empty one is none: many clients send `Content-Type: application/json` with a DELETE. */
function prepareBodies(instance: FastifyInstance): void {
  instance.removeContentTypeParser(['application/json', 'text/plain']);
  const parse = instance.getDefaultJsonParser('error', 'error');
  instance.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    // As text it would hold U+FFFD already for whatever is not UTF-8, and be stored so.
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (body.length === 0) return done(null, undefined);
      const bytes = body as Buffer;
      if (FOREIGN_CHARSET.test(request.headers['content-type'] ?? ''))
        return done(new Problem('unsupported_media_type', { detail: 'Send the body in UTF-8.' }));
      if (!isUtf8(bytes))
        return done(new Problem('malformed_json', { detail: 'The body is not valid UTF-8.' }));
      void parse(request, bytes.toString('utf8'), (error, value) => {
        // Also for `__proto__` and `constructor.prototype`, which no honest client sends.
        if (error) done(new Problem('malformed_json', { cause: error }));
        else done(null, value);
      });
    },
  );
}
