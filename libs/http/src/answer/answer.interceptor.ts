import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Observable, map } from 'rxjs';
import { getAnswerWriter } from './answer.decorator';

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

/** Makes bytes of what a handler returns. A Buffer is finished already: the cache made it. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const write = getAnswerWriter(context.getHandler());
    if (!write) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((value: unknown) => {
        // A handler may also have answered by itself: a redirect, a 304.
        if (reply.sent || value === undefined) return value;
        reply.header('content-type', JSON_CONTENT_TYPE);
        return Buffer.isBuffer(value) ? value : Buffer.from(write(value));
      }),
    );
  }
}
