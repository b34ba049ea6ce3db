import { serverLimitMs } from './statement-limit';

it('is what is left of the time, in few spellings, and never more than the session has', () => {
  expect(serverLimitMs(undefined, 5_000)).toBe(5_000);
  expect(serverLimitMs(4_950, 5_000)).toBe(5_000);
  expect(serverLimitMs(60_000, 5_000)).toBe(5_000);
  expect(serverLimitMs(301, 5_000)).toBe(400);
  expect(serverLimitMs(1, 5_000)).toBe(100);
  expect(serverLimitMs(0, 5_000)).toBe(0);
  expect(serverLimitMs(-3, 5_000)).toBe(0);
});
