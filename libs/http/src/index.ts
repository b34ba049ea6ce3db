export { Answer, type AnswerOptions, type AnswerWriter, getAnswerWriter } from './answer/answer.decorator';
export { AnswerInterceptor, JSON_CONTENT_TYPE } from './answer/answer.interceptor';
export { money, timestamp } from './answer/schemas';
export { AnswerError, compileWriter } from './answer/writer';
export { type Principal, type Role, roles } from './auth/principal';
export { type Consistency, currentContext, RequestContext, runInContext } from './context/context';
export { PRIVATE, publicCacheControl } from './etag/cache-control';
export { assertRev, etagOf, matchesRev, noneMatch } from './etag/etag';
export { moneyInput } from './input/money-input';
export { body, query, queryBool, queryInt, queryList } from './input/query';
export { ValidationPipe } from './input/validation.pipe';
export { decodeCursor, encodeCursor } from './paging/cursor';
export { linkHeader } from './paging/link';
export { MAX_OFFSET_ROWS, offsetOf, pageQuery } from './paging/page';
export {
  type FieldError,
  Problem,
  PROBLEM_CONTENT_TYPE,
  type ProblemBody,
  type ProblemOptions,
} from './problems/problem';
export { ProblemFilter } from './problems/problem.filter';
export {
  type ProblemCode,
  problemCodes,
  type ProblemDefinition,
  problemDefinition,
} from './problems/problems';
export { pathOf, sendProblem } from './problems/send-problem';
export { toProblem } from './problems/to-problem';
