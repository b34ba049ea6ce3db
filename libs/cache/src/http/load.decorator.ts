import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { LoadContext } from '@prior/http';
import type { FastifyRequest } from 'fastify';

/** A handler that no cache calls loads for its request alone. */
const loadOf = (_: unknown, execution: ExecutionContext): LoadContext =>
  (execution.switchToHttp().getRequest<FastifyRequest>().context.load ??= new LoadContext());

/** Parameter decorator: the load that a handler is called for (`LoadContext`). Every read of the database wants it. */
export const Load = createParamDecorator(loadOf);

/** Whether a parameter's decorator is `@Load()`. @param factory as Nest keeps it */
export const isLoad = (factory: unknown): boolean => factory === loadOf;
