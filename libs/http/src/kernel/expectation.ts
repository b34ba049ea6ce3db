import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Problem, PROBLEM_CONTENT_TYPE } from '../problems/problem';

/** RFC 9110, section 10.1.1: Node itself would answer an unknown expectation without saying what is wrong. */
export function answerExpectations(server: Pick<Server, 'on'>): void {
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const problem = new Problem('expectation_failed');
    const body = JSON.stringify(problem.body());
    // The body that was announced may come all the same: it belongs to no request.
    const headers = {
      'content-type': PROBLEM_CONTENT_TYPE,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      connection: 'close',
    };
    response.writeHead(problem.getStatus(), headers).end(body);
  });
}
