import type { AppConfig } from '@prior/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problems/send-problem';
import { toProblem } from '../problems/to-problem';
import { answerClientError } from './client-error';
import { requestId } from './request-id';

/** Longest value of a path parameter; a slug has at most 191 characters, each up to 12 when percent-encoded. */
const MAX_PARAM_LENGTH = 2_400;
const MAX_HEADER_BYTES = 16_384;
/** ms for the request line and headers alone: against clients that send a byte a minute. */
const HEADERS_TIMEOUT_MS = 10_000;

/** How the HTTP server treats what clients send, before any code of ours sees it. */
export function fastifyOptions({ bodyLimitBytes, requestTimeoutMs, keepAliveTimeoutMs }: AppConfig['http']) {
  return {
    logger: false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    requestIdHeader: false,
    genReqId: requestId,
    // One address, one resource: what a shared cache keys apart must not be the same thing here.
    routerOptions: {
      caseSensitive: true,
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      maxParamLength: MAX_PARAM_LENGTH,
    },
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      // How often the two time limits above are looked after.
      connectionsCheckingInterval: 2_000,
    },
    clientErrorHandler: answerClientError,
    // Errors from before routing: a URL that does not decode, a parameter that is too long.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(request, reply, toProblem(error)),
  } as const;
}
