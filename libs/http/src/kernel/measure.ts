import { metrics } from '@prior/telemetry';
import type { FastifyInstance } from 'fastify';

/**
 * Rate, errors and duration of every answer, by the route's template: addresses are without number, templates are few.
 * Each bucket keeps its latest request as an example: by its trace if it belongs to one, else by its request id.
 */
export function measureAnswers(instance: FastifyInstance): void {
  instance.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const series = metrics.http.duration.series(request.method, route, String(reply.statusCode));
    const { traceId } = request.context;
    series.observeAs(reply.elapsedTime / 1_000, traceId ? 'trace_id' : 'request_id', traceId ?? request.id);
    done();
  });
}
