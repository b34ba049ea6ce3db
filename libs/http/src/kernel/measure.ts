import { metrics } from '@prior/telemetry';
import type { FastifyInstance } from 'fastify';

/** W3C Trace Context, section 3.2: version, trace id, parent id, flags. */
const TRACE_PARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;

/**
 * Rate, errors and duration of every answer, by the route's template: addresses are without number, templates are few.
 * Each bucket keeps its latest request as an example: by its trace id if it came with one, else by its request id.
 */
export function measureAnswers(instance: FastifyInstance): void {
  instance.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const series = metrics.http.duration.series(request.method, route, String(reply.statusCode));
    const parent = request.headers.traceparent;
    const trace = typeof parent === 'string' ? TRACE_PARENT.exec(parent)?.[1] : undefined;
    series.observeAs(reply.elapsedTime / 1_000, trace ? 'trace_id' : 'request_id', trace ?? request.id);
    done();
  });
}
