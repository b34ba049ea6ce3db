import type { IncomingHttpHeaders } from 'node:http';
import { currentSpan, currentTraceId, tracing } from '@prior/telemetry';
import type { FastifyInstance } from 'fastify';

/** W3C Trace Context, section 3.2: version, trace id, parent id, flags. */
const TRACE_PARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;

/** The trace that a request belongs to: ours, which continues the client's, or the client's where we record none. */
export function traceOf({ traceparent }: IncomingHttpHeaders): string | undefined {
  const current = currentTraceId();
  if (current !== undefined) return current;
  return typeof traceparent === 'string' ? TRACE_PARENT.exec(traceparent)?.[1] : undefined;
}

/** The HTTP server's span is opened before the route is known: it gets the template, and how the cache stood with it. */
export function nameSpan(instance: FastifyInstance): void {
  if (!tracing()) return;
  instance.addHook('onSend', (request, reply, _payload, done) => {
    const span = currentSpan();
    const route = request.is404 ? undefined : request.routeOptions.url;
    if (span && route) span.updateName(`${request.method} ${route}`).setAttribute('http.route', route);
    const cache = reply.getHeader('x-cache');
    if (cache !== undefined) span?.setAttribute('prior.cache', String(cache));
    done();
  });
}
