import type { IncomingMessage } from 'node:http';
import { metrics } from '@prior/telemetry';
import type { FastifyInstance } from 'fastify';
import { Notes } from '../context/notes';

const arrivals = new Notes<number>();

/**
 * For a request that has waited before Fastify saw it: that is part of its time.
 * @param since monotonic ms
 */
export function markArrival(request: IncomingMessage, since: number): void {
  arrivals.set(request, since);
}

/**
 * Rate, errors and duration of every answer, by the route's template: addresses are without number, templates are few.
 * Each bucket keeps its latest request as an example: by its trace if it belongs to one, else by its request id.
 */
export function measureAnswers(instance: FastifyInstance): void {
  instance.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const series = metrics.http.duration.series(request.method, route, String(reply.statusCode));
    const { traceId } = request.context;
    const arrival = arrivals.get(request.raw);
    const ms = arrival === undefined ? reply.elapsedTime : performance.now() - arrival;
    series.observeAs(ms / 1_000, traceId ? 'trace_id' : 'request_id', traceId ?? request.id);
    done();
  });
}
