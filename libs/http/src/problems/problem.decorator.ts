import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { type ProblemCode, problemDefinition } from './problems';
import { PROBLEM_SCHEMA } from './problem.schema';

const described = Symbol('codes');
type Marked = { [described]?: ProblemCode[] };

/**
 * Documents errors of an operation. May be used several times on one handler; codes of the same status are listed
 * together, because OpenAPI knows one answer for each status.
 */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator & ClassDecorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const holder = ((descriptor?.value as object | undefined) ?? target) as Marked;
    const all = [...new Set([...(holder[described] ?? []), ...codes])];
    Object.defineProperty(holder, described, { value: all, configurable: true });
    for (const status of new Set(codes.map((code) => problemDefinition(code).status))) {
      const same = all.map(problemDefinition).filter((problem) => problem.status === status);
      const document = ApiResponse({
        status,
        description: same.map(({ code, title }) => `\`${code}\`: ${title}`).join('; '),
        content: { 'application/problem+json': { schema: { $ref: PROBLEM_SCHEMA } } },
      });
      if (descriptor && key !== undefined) applyDecorators(document)(target, key, descriptor);
      else applyDecorators(document)(target as never);
    }
  };
}
