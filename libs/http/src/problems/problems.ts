/**
 * Every error that the API answers with, in one place: [status, title, detail, seconds until a retry makes sense].
 * `{name}` in a detail is filled from the Problem's parameters. Codes are part of the API: never rename one.
 */
const table = {
  // 400: the request itself is wrong
  bad_request: [400, 'Bad request', 'The request could not be understood.'],
  bad_url: [400, 'Malformed URL', 'The address of the request is not a valid URL.'],
  malformed_json: [400, 'Malformed JSON', 'The body is not valid JSON.'],
  validation_failed: [400, 'Some fields are not valid', 'See `errors` for each field that is wrong.'],
  value_out_of_range: [400, 'Value out of range', 'A value is too long or too large to be stored.'],
  invalid_cursor: [
    400,
    'Invalid cursor',
    'The cursor is not one of this list and its sort. Start again without `cursor`.',
  ],
  offset_too_deep: [
    400,
    'Page too deep',
    'Pages reach to the first {max} rows only. Follow `nextCursor` (parameter `cursor`) to go on.',
  ],
  // 401, 403: who is asking
  token_missing: [
    401,
    'Sign in first',
    'This needs a token: `Authorization: Bearer …` or the cookie `auth_token`.',
  ],
  token_invalid: [401, 'Invalid token', 'The token is expired, or was not made for this API.'],
  forbidden: [403, 'Not allowed', 'Your role does not allow this.'],
  csrf: [
    403,
    'Cross-site request refused',
    'A write with the cookie `auth_token` must come from an allowed origin.',
  ],
  // 404 to 431: HTTP itself
  not_found: [404, 'Not found', 'There is nothing at this address.'],
  method_not_allowed: [
    405,
    'Method not allowed',
    'This address does not know the method {method}. See the header `Allow`.',
  ],
  not_acceptable: [406, 'Not acceptable', 'Answers here are application/json, which `Accept` excludes.'],
  request_timeout: [408, 'Request timeout', 'The request did not arrive completely in time.'],
  payload_too_large: [413, 'Body too large', 'The body is larger than this address accepts.'],
  uri_too_long: [414, 'Address too long', 'A part of the address is longer than this server accepts.'],
  unsupported_media_type: [415, 'Unsupported media type', 'Send the body as application/json.'],
  expectation_failed: [
    417,
    'Expectation failed',
    'The header `Expect` asks for something that this server cannot do.',
  ],
  headers_too_large: [
    431,
    'Headers too large',
    'The headers of the request are larger than this server accepts.',
  ],
  // the catalogue
  product_not_found: [404, 'No such product', 'No product has the slug "{slug}".'],
  category_not_found: [404, 'No such category', 'There is no category "{category}".'],
  review_not_found: [404, 'No such review', 'This product has no review {id}.'],
  conflict: [409, 'Conflict', 'The change collides with something that exists already.'],
  slug_taken: [409, 'Slug taken', 'The slug "{slug}" belongs to something else.'],
  out_of_stock: [409, 'Not enough stock', 'There are only {available} of "{slug}", {wanted} were asked for.'],
  category_not_empty: [
    409,
    'Category not empty',
    'The category still holds {products} products and {children} categories.',
  ],
  category_cycle: [409, 'Category cycle', 'A category cannot be moved into itself or below itself.'],
  already_reviewed: [
    409,
    'Already reviewed',
    'You have reviewed this product before; delete that review first.',
  ],
  idempotency_mismatch: [
    422,
    'Idempotency key reused',
    'This `Idempotency-Key` was used before, with another request. Make a new key for a new request.',
  ],
  idempotency_in_progress: [
    409,
    'Request in progress',
    'The first request with this `Idempotency-Key` is still running.',
    1,
  ],
  precondition_failed: [
    412,
    'Changed meanwhile',
    'It was changed since you read it. Read it again and use its new ETag.',
  ],
  precondition_required: [428, 'If-Match needed', 'Send `If-Match` with the ETag that you read.'],
  // 429, 5xx: us
  rate_limited: [429, 'Too many requests', 'You have sent too many requests. Wait {retryAfter} seconds.'],
  internal: [500, 'Internal error', 'Something went wrong here. Tell us the `requestId` if it lasts.'],
  overloaded: [503, 'Overloaded', 'There is too much to do at the moment. Try again shortly.', 1],
  shutting_down: [503, 'Shutting down', 'This process is about to stop. Try again.', 1],
  database_unavailable: [
    503,
    'Database unavailable',
    'The database cannot be reached at the moment. Try again shortly.',
    2,
  ],
  database_busy: [503, 'Database busy', 'The database could not do this in time. Try again.', 1],
  writes_unavailable: [
    503,
    'Writes unavailable',
    'Reading works, but nothing can be changed at the moment.',
    5,
  ],
  write_outcome_unknown: [
    503,
    'Outcome unknown',
    'The connection broke while the change was being saved: it is made, or it is not. Read it again before you repeat it.',
    2,
  ],
  cache_unavailable: [
    503,
    'Cache unavailable',
    'A part of the service cannot be reached at the moment. Try again shortly.',
    1,
  ],
  auth_unavailable: [
    503,
    'Sign-in unavailable',
    'Tokens cannot be checked at the moment. Try again shortly.',
    5,
  ],
} as const satisfies Record<string, readonly [number, string, string, number?]>;

export type ProblemCode = keyof typeof table;

export interface ProblemDefinition {
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  /** Template; `{name}` stands for a parameter. */
  readonly detail: string;
  /** Seconds for the header Retry-After, where a retry makes sense. */
  readonly retryAfterS?: number;
}

export const problemCodes = Object.keys(table) as ProblemCode[];

export function problemDefinition(code: ProblemCode): ProblemDefinition {
  const [status, title, detail, retryAfterS] = table[code] as readonly [number, string, string, number?];
  return { code, status, title, detail, retryAfterS };
}

/** The general problem of a status that somebody else chose (Nest, Fastify, a plug-in). */
const byStatus = new Map<number, ProblemCode>([
  [400, 'bad_request'],
  [401, 'token_invalid'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [405, 'method_not_allowed'],
  [406, 'not_acceptable'],
  [408, 'request_timeout'],
  [409, 'conflict'],
  [412, 'precondition_failed'],
  [413, 'payload_too_large'],
  [414, 'uri_too_long'],
  [415, 'unsupported_media_type'],
  [417, 'expectation_failed'],
  [428, 'precondition_required'],
  [429, 'rate_limited'],
  [431, 'headers_too_large'],
  [503, 'overloaded'],
]);

export function problemCodeOfStatus(status: number): ProblemCode {
  return byStatus.get(status) ?? (status >= 400 && status < 500 ? 'bad_request' : 'internal');
}
