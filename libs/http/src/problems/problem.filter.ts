import { type ArgumentsHost, Catch, type ExceptionFilter, Logger, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { allowedMethods } from '../kernel/allow';
import { EmptyAnswer } from './empty-answer';
import { LogThrottle } from './log-throttle';
import { Problem } from './problem';
import { pathOf, sendProblem } from './send-problem';
import { toProblem } from './to-problem';

/** The last stop of every error: one body, one place that logs it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');
  private readonly refusals = new LogThrottle((text) => this.logger.warn(text));

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (error instanceof EmptyAnswer) {
      void reply.code(error.getStatus()).headers(error.headers).removeHeader('content-type').send();
      return;
    }
    const noRoute = request.is404 && error instanceof NotFoundException;
    const problem = noRoute ? unknownAddress(request) : toProblem(error);
    this.log(problem, request);

    // Bytes are on their way already: the only honest end is to cut the connection.
    if (reply.raw.headersSent) reply.raw.destroy();
    else sendProblem(request, reply, problem);
  }

  private log(problem: Problem, request: FastifyRequest): void {
    if (problem.getStatus() < 500) return;
    const what = `${request.method} ${pathOf(request.url)} answered ${problem.getStatus()} ${problem.code}`;
    const cause = problem.cause;
    if (problem.getStatus() === 500)
      this.logger.error(what, cause instanceof Error ? cause.stack : String(cause));
    else this.refusals.say(problem.code, cause instanceof Error ? `${what}: ${cause.message}` : what);
  }
}

/** 404, or 405 when the address exists for other methods (RFC 9110, section 15.5.6). */
function unknownAddress(request: FastifyRequest): Problem {
  const allow = allowedMethods(request.server, pathOf(request.url));
  if (allow.length === 0) return new Problem('not_found');
  return new Problem('method_not_allowed', {
    params: { method: request.method },
    headers: { allow: allow.join(', ') },
  });
}
