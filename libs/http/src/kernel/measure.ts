import { metrics } from '@prior/telemetry';
import type { FastifyInstance } from 'fastify';

/** Rate, errors and duration of every answer, by the route's template: addresses are without number, templates are few. */
export function measureAnswers(instance: FastifyInstance): void {
  instance.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    metrics.http.duration
      .series(request.method, route, String(reply.statusCode))
      .observe(reply.elapsedTime / 1_000);
    done();
  });
}
