import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AdminRouter } from './admin/admin-router';
import { AnswerInterceptor } from './answer/answer.interceptor';
import { AuthGuard } from './auth/auth.guard';
import { Authenticator } from './auth/authenticator';
import { ValidationPipe } from './input/validation.pipe';
import { ProblemFilter } from './problems/problem.filter';

/**
 * The rules that every handler lives under. Import it before modules with interceptors of their own (the cache): the
 * first one is the outermost, and AnswerInterceptor has to see what they return.
 */
@Global()
@Module({
  providers: [
    Authenticator,
    AdminRouter,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_PIPE, useClass: ValidationPipe },
    { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
  ],
  exports: [Authenticator, AdminRouter],
})
export class HttpModule {}
