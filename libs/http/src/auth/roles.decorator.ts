import {
  type CustomDecorator,
  type ExecutionContext,
  SetMetadata,
  applyDecorators,
  createParamDecorator,
} from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem';
import { ApiProblems } from '../problems/problem.decorator';
import type { Principal, Role } from './principal';

export const ROLES = 'prior:roles';

/** Only callers with one of these roles; without any named, every signed-in caller. */
export function Roles(...allowed: Role[]): MethodDecorator & ClassDecorator {
  const mark: CustomDecorator = SetMetadata(ROLES, allowed);
  return applyDecorators(
    mark,
    ApiBearerAuth(),
    ApiCookieAuth('auth_token'),
    ApiProblems('token_missing', 'token_invalid', 'forbidden', 'csrf'),
  );
}

/** Whether only some may call a handler: by `@Roles`, or by any guard on it or its controller. */
export function isGuarded(handler: object, controller: object): boolean {
  return [handler, controller].some(
    (target) => Reflect.hasMetadata(ROLES, target) || Reflect.hasMetadata('__guards__', target),
  );
}

/** Parameter decorator: the signed-in caller (`Principal`) of a handler with `@Roles`. */
export const CurrentUser = createParamDecorator((_: unknown, execution: ExecutionContext): Principal => {
  const { principal } = execution.switchToHttp().getRequest<FastifyRequest>().context;
  if (!principal) throw new Problem('token_missing');
  return principal;
});
