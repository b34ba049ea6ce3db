import { BadRequestException, NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { Problem } from './problem';
import { problemCodes, problemDefinition } from './problems';
import { toProblem } from './to-problem';

/** What drivers and libraries throw, as far as it is looked at. */
const thrown = (fields: object, message = 'SELECT secret FROM users'): Error =>
  Object.assign(new Error(message), fields);

describe('the table', () => {
  it.each(problemCodes)('%s has a title, a detail and a status of an error', (code) => {
    const { status, title, detail } = problemDefinition(code);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).not.toBe('');
    expect(detail).toMatch(/[.]$/);
  });

  it('has no 503 without Retry-After', () => {
    for (const code of problemCodes) {
      const { status, retryAfterS } = problemDefinition(code);
      if (status === 503) expect([code, retryAfterS]).toEqual([code, expect.any(Number)]);
    }
  });
});

describe('Problem', () => {
  it('fills its detail and carries what it was given', () => {
    const problem = new Problem('out_of_stock', {
      params: { slug: 'tea', available: 1, wanted: 2 },
      extensions: { slug: 'tea' },
    });
    expect(problem.body({ instance: '/api/products/stock', requestId: 'r-1' })).toEqual({
      type: '/problems/out_of_stock',
      title: 'Not enough stock',
      status: 409,
      detail: 'There are only 1 of "tea", 2 were asked for.',
      code: 'out_of_stock',
      instance: '/api/products/stock',
      requestId: 'r-1',
      slug: 'tea',
    });
  });

  it('repeats only so much of what a client sent', () => {
    expect(
      new Problem('product_not_found', { params: { slug: 'x'.repeat(10_000) } }).detail.length,
    ).toBeLessThan(300);
  });
});

describe('toProblem', () => {
  it.each([
    [thrown({ code: 'ER_DUP_ENTRY', errno: 1062 }), 'conflict'],
    [thrown({ name: 'QueryFailedError', driverError: thrown({ errno: 1213 }) }), 'database_busy'],
    [thrown({ errno: 1969 }), 'database_busy'],
    [thrown({ errno: 3024 }), 'database_busy'],
    [thrown({ code: 'ECONNREFUSED' }), 'database_unavailable'],
    [thrown({ code: 'POOL_NONEONLINE' }), 'database_unavailable'],
    [thrown({ code: 'PROTOCOL_CONNECTION_LOST' }), 'database_unavailable'],
    [thrown({ errno: 1290 }), 'writes_unavailable'],
    [thrown({ errno: 1406 }), 'value_out_of_range'],
    [thrown({ name: 'ClientOfflineError' }), 'cache_unavailable'],
    [thrown({ code: 'EOPENBREAKER' }), 'overloaded'],
    [thrown({ code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }), 'payload_too_large'],
    [thrown({ code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', statusCode: 415 }), 'unsupported_media_type'],
    [thrown({ code: 'FST_ERR_BAD_URL', statusCode: 400 }), 'bad_url'],
    [
      Object.assign(new SyntaxError('Object contains forbidden prototype property'), { statusCode: 400 }),
      'malformed_json',
    ],
    [new NotFoundException(), 'not_found'],
    [new PayloadTooLargeException(), 'payload_too_large'],
    [thrown({ errno: 1064, code: 'ER_PARSE_ERROR' }), 'internal'],
    [new TypeError('x is not a function'), 'internal'],
    ['a string', 'internal'],
    [undefined, 'internal'],
    [null, 'internal'],
  ])('%p becomes %s', (error, code) => expect(toProblem(error).code).toBe(code));

  it('never repeats what a library said', () => {
    for (const fields of [
      {},
      { errno: 1064 },
      { errno: 1062 },
      { code: 'ECONNREFUSED' },
      { statusCode: 400 },
    ]) {
      expect(JSON.stringify(toProblem(thrown(fields)).body())).not.toContain('secret');
    }
  });

  it('repeats what we ourselves said about a bad request', () => {
    expect(toProblem(new BadRequestException('Say `please`')).detail).toBe('Say `please`');
  });
});
