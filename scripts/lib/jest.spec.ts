import { count, sum } from './jest.js';

it('counts suites that could not be loaded, and runs that died, as failures', () => {
  expect(count({ numPassedTests: 5, numFailedTests: 1, numRuntimeErrorTestSuites: 2 }, 1)).toEqual({
    passed: 5,
    failed: 3,
    skipped: 0,
  });
  expect(count({ numPassedTests: 5 }, 1).failed).toBe(1);
  expect(count(undefined, 1).failed).toBe(1);
  expect(count({ numPassedTests: 5, numPendingTests: 1, numTodoTests: 1 }, 0)).toEqual({
    passed: 5,
    failed: 0,
    skipped: 2,
  });
});

it('adds them up', () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  expect(sum([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
  expect(sum([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
});
