import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_CONTENT_TYPE, type Problem } from './problem';

/** The path of a request without its query, which may hold what does not belong into a log or a body. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

/** Answers with a problem. Nothing may keep it: not a browser, not the edge. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  const body = problem.body({
    instance: pathOf(request.raw.url ?? '/').slice(0, 500),
    requestId: request.id,
  });
  void reply
    .code(body.status)
    .headers({ 'cache-control': 'no-store', ...problem.headers, 'content-type': PROBLEM_CONTENT_TYPE })
    .send(JSON.stringify(body));
}
