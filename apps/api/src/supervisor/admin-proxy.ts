import { type AdminAnswer, adminJson, type AdminRequest } from '@prior/http';
import { mergeMetrics, METRICS_CONTENT_TYPE } from '@prior/telemetry';
import type { Supervisor } from './supervisor';

/** Answers the one admin port of a cluster: metrics of all workers as one text, everything else by one of them. */
export function adminProxy(supervisor: Supervisor): (request: AdminRequest) => Promise<AdminAnswer> {
  let turn = 0;

  const metrics = async (): Promise<AdminAnswer> => {
    const asked = await Promise.allSettled(
      supervisor.serving.map((worker) => worker.ask<object>({ type: 'metrics' })),
    );
    // A worker that is busy or gone misses in the sum; Prometheus sees that as a counter that went back.
    const snapshots = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    return { status: 200, contentType: METRICS_CONTENT_TYPE, body: await mergeMetrics(snapshots) };
  };

  return async (request) => {
    if (request.url.pathname === '/metrics' && request.method === 'GET') return metrics();
    const workers = supervisor.serving;
    const worker = workers[turn++ % Math.max(1, workers.length)];
    if (!worker) return adminJson(503, { status: 'starting' });
    const { method, url, body } = request;
    try {
      return await worker.ask<AdminAnswer>({ type: 'admin', method, url: url.pathname + url.search, body });
    } catch {
      return adminJson(503, { status: 'busy', error: 'The worker that was asked did not answer in time' });
    }
  };
}
