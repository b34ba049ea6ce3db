import { HttpException } from '@nestjs/common';
import { type ProblemCode, problemDefinition } from './problems';

/** One field that did not pass validation. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface ProblemOptions {
  /** Values for the `{names}` of the detail. */
  readonly params?: Readonly<Record<string, string | number>>;
  /** Replaces the table's detail. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the body (RFC 9457, section 3.2). */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** What really happened: logged, never answered. */
  readonly cause?: unknown;
}

/** The body of an error answer, RFC 9457. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance?: string;
  readonly requestId?: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
}

/** Longest piece of a client's own text that is repeated to it. */
const MAX_ECHO = 200;

/**
 * Throw this anywhere to answer with an error of the table.
 *
 * @example throw new Problem('product_not_found', { params: { slug } });
 */
export class Problem extends HttpException {
  readonly code: ProblemCode;
  readonly title: string;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors?: readonly FieldError[];
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const { status, title, detail, retryAfterS } = problemDefinition(code);
    const filled = options.detail ?? fill(detail, options.params);
    super({ statusCode: status, message: filled }, status, { cause: options.cause });
    this.name = 'Problem';
    this.message = filled;
    this.code = code;
    this.title = title;
    this.detail = filled;
    this.headers = { ...(retryAfterS && { 'retry-after': String(retryAfterS) }), ...options.headers };
    this.errors = options.errors;
    this.extensions = options.extensions ?? {};
  }

  /** @param where the path asked for and the request's id; without them the body is the same for everybody (cacheable) */
  body(where: { instance?: string; requestId?: string } = {}): ProblemBody {
    return {
      type: `/problems/${this.code}`,
      title: this.title,
      status: this.getStatus(),
      detail: this.detail,
      code: this.code,
      ...where,
      ...(this.errors && { errors: this.errors }),
      ...this.extensions,
    };
  }
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

function fill(template: string, params: ProblemOptions['params'] = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? '').slice(0, MAX_ECHO));
}
