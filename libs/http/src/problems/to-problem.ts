import { HttpException } from '@nestjs/common';
import { backendProblem } from './backend-errors';
import { Problem } from './problem';
import { type ProblemCode, problemCodeOfStatus } from './problems';

/** Fastify's own errors, by their code. */
const FASTIFY: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_BAD_URL: 'bad_url',
  FST_ERR_MAX_PARAM_LENGTH: 'uri_too_long',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
};

/**
 * Turns whatever was thrown into the error to answer with. Texts of foreign errors are never repeated to the
 * client: they may hold SQL, addresses or secrets. The cause is kept for the log.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  // A known 4xx of Nest's own kind was written for the client, by us; its text may be repeated.
  const detail = error instanceof HttpException && error.getStatus() < 500 ? error.message : undefined;
  return new Problem(code, { cause: error, ...(detail && code === 'bad_request' && { detail }) });
}

function codeOf(error: unknown): ProblemCode {
  if (error instanceof HttpException) return problemCodeOfStatus(error.getStatus());
  const backend = backendProblem(error);
  if (backend) return backend;
  if (typeof error !== 'object' || error === null) return 'internal';

  const { name, code, statusCode } = error as { name?: unknown; code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? FASTIFY[code] : undefined;
  if (known) return known;
  // secure-json-parse refuses `__proto__` and `constructor.prototype` with a plain SyntaxError.
  if (name === 'SyntaxError' && statusCode === 400) return 'malformed_json';
  return typeof statusCode === 'number' ? problemCodeOfStatus(statusCode) : 'internal';
}
