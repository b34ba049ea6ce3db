export {
  type AdminAnswer,
  type AdminHandler,
  adminJson,
  type AdminRequest,
  AdminRouter,
} from './admin/admin-router';
export * from './admission';
export { Answer, type AnswerOptions, type AnswerWriter, getAnswerWriter } from './answer/answer.decorator';
export { JSON_CONTENT_TYPE } from './answer/answer.interceptor';
export { money, timestamp } from './answer/schemas';
export { Authenticator } from './auth/authenticator';
export { AUTH_COOKIE } from './auth/credentials';
export { signDevToken, type DevTokenOptions } from './auth/dev-token';
export { type Principal, type Role, roles } from './auth/principal';
export { CurrentUser, Roles, isGuarded } from './auth/roles.decorator';
export { type AbandonSignal, HangUp } from './context/hang-up';
export { type Consistency, currentContext, RequestContext } from './context/context';
export { LoadContext } from './context/load-context';
export { Notes } from './context/notes';
export { whenOver } from './context/over';
export { PRIVATE, publicCacheControl } from './etag/cache-control';
export { assertRev, etagOf, noneMatch, revTag, type RowRev } from './etag/etag';
export { HttpModule } from './http.module';
export { moneyInput } from './input/money-input';
export { body, query, queryBool, queryInt, queryList } from './input/query';
export { ValidationPipe } from './input/validation.pipe';
export { acceptsJson } from './kernel/accept';
export { fastifyOptions } from './kernel/fastify-options';
export { prepareFastify } from './kernel/hooks';
export { markArrival } from './kernel/measure';
export { requestId } from './kernel/request-id';
export { traceOf } from './kernel/trace';
export { decodeCursor, encodeCursor } from './paging/cursor';
export { cursorDecimal, cursorId, cursorInteger, cursorTime } from './paging/cursor-keys';
export { linkHeader } from './paging/link';
export { MAX_OFFSET_ROWS, offsetOf, pageQuery } from './paging/page';
export {
  type FieldError,
  Problem,
  PROBLEM_CONTENT_TYPE,
  type ProblemBody,
  type ProblemOptions,
} from './problems/problem';
export { ApiProblems } from './problems/problem.decorator';
export { PROBLEM_SCHEMA, problemSchema } from './problems/problem.schema';
export {
  type ProblemCode,
  problemCodes,
  type ProblemDefinition,
  problemDefinition,
} from './problems/problems';
export { sendProblem } from './problems/send-problem';
export { toProblem } from './problems/to-problem';
export { EmptyAnswer, Moved, NotModified } from './problems/empty-answer';
