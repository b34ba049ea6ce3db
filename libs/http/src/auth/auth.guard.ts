import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem';
import { Authenticator } from './authenticator';
import type { Role } from './principal';
import { ROLES } from './roles.decorator';

/**
 * Checks `@Roles`. Where a route has none, a token is no condition: a reader whose token has just expired still sees
 * the catalogue (only that its answer is not `public`).
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const allowed = this.reflector.getAllAndOverride<Role[] | undefined>(ROLES, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!allowed) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.authenticator.require(request.method, request.headers);
    if (allowed.length > 0 && !allowed.includes(principal.role)) throw new Problem('forbidden');
    request.context.principal = principal;
    return true;
  }
}
