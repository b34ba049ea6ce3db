import { retryAfterS, retrying } from '../../clients/typescript/src/retry';

const URL = 'http://shop.test/api/products';

/** Answers from a list, and what it was sent. */
function server(...answers: [status: number, headers?: Record<string, string>, body?: object][]) {
  const bodies: string[] = [];
  const send = async (request: Request): Promise<Response> => {
    bodies.push(await request.text());
    const [status, headers, body = {}] = answers.shift() ?? [599];
    return new Response(JSON.stringify(body), { status, headers });
  };
  return { send, bodies };
}

/** Waits of no time. */
function clock() {
  const waits: number[] = [];
  const wait = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  return { waits, wait };
}

const post = (headers: Record<string, string> = {}) =>
  new Request(URL, { method: 'POST', body: '{"a":1}', headers });
const after = (seconds: number) => ({ 'retry-after': String(seconds) });

it('comes back when it was told to, with the whole request', async () => {
  const { send, bodies } = server([429, after(2), { code: 'rate_limited' }], [201]);
  const { waits, wait } = clock();
  expect((await retrying(send, { wait })(post())).status).toBe(201);
  expect(bodies).toEqual(['{"a":1}', '{"a":1}']);
  expect(waits).toHaveLength(1);
  expect(waits[0]).toBeGreaterThanOrEqual(2_000);
  expect(waits[0]).toBeLessThan(2_300);
});

it('gives up after the last repetition, with the answer', async () => {
  const { send, bodies } = server(
    [503, after(1)],
    [503, after(1)],
    [503, after(1), { code: 'overloaded' }],
    [200],
  );
  const answer = await retrying(send, { retries: 2, wait: clock().wait })(new Request(URL));
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ code: 'overloaded' });
  expect(bodies).toHaveLength(3);
});

it.each([
  ['a refusal without a time', [503, {}]],
  ['a longer wait than allowed', [429, after(60)]],
  ['an error that is no refusal', [500, after(1)]],
] as const)('leaves %s to the caller', async (_, [status, headers]) => {
  const { send, bodies } = server([status, headers], [200]);
  expect((await retrying(send, { wait: clock().wait })(new Request(URL))).status).toBe(status);
  expect(bodies).toHaveLength(1);
});

it.each([
  ['overloaded', {}, 2],
  ['shutting_down', {}, 2],
  ['write_outcome_unknown', {}, 1],
  ['database_busy', {}, 1],
  ['write_outcome_unknown', { 'idempotency-key': 'order-1' }, 2],
])('a write refused with %s and %j is sent %i times', async (code, headers, times) => {
  const { send, bodies } = server([503, after(1), { code }], [200]);
  await retrying(send, { wait: clock().wait })(post(headers));
  expect(bodies).toHaveLength(times);
});

it('waits no longer for somebody who has gone', async () => {
  const { send } = server([503, after(5)], [200]);
  const abort = new AbortController();
  const answer = retrying(send)(new Request(URL, { signal: abort.signal }));
  setImmediate(() => abort.abort(new Error('gone')));
  await expect(answer).rejects.toThrow('gone');
});

it('reads seconds and dates', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(retryAfterS('3')).toBe(3);
  expect(retryAfterS('Thu, 01 Jan 2026 00:00:07 GMT', now)).toBe(7);
  expect(retryAfterS('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
  expect(retryAfterS('soon')).toBeUndefined();
  expect(retryAfterS(null)).toBeUndefined();
});
