import { checkTable } from '../../support/check';
import type { Held } from './held';
import { checkLeak, rowsOf } from './run';

jest.setTimeout(600_000);

it('holds nothing of what it answered', async () => {
  const rows = await checkLeak({ seconds: 3, seed: 5, mutants: [] });
  expect(rows.every(({ ok }) => ok) ? '' : checkTable(rows)).toBe('');
});

it('notices a process that keeps objects and sockets', async () => {
  const mutants = ['keep-heap', 'keep-requests', 'keep-sockets'];
  const rows = await checkLeak({ seconds: 2, seed: 5, mutants }, { restS: 6 });
  const failed = rows.filter(({ ok }) => !ok).map(({ what }) => what);
  expect(failed).toEqual(
    expect.arrayContaining([
      'heap after garbage collection',
      'answered requests',
      'Redis connections',
      'open files',
    ]),
  );
});

describe('what it is judged by', () => {
  const held: Held = {
    heap: 100,
    files: 20,
    timers: 5,
    requests: 0,
    clients: 0,
    database: 6,
    redis: 1,
    other: 0,
  };
  const failing = (second: Held) => rowsOf(held, second).filter(({ ok }) => !ok).length;

  it('lets the heap be 5 % larger', () => {
    expect(failing({ ...held, heap: 105 })).toBe(0);
    expect(failing({ ...held, heap: 106 })).toBe(1);
  });

  it.each(['files', 'timers', 'requests', 'clients', 'database', 'redis', 'other'] as const)(
    'allows not one more of %s',
    (name) => {
      expect(failing({ ...held, [name]: held[name] + 1 })).toBe(1);
      expect(failing({ ...held, [name]: Math.max(0, held[name] - 1) })).toBe(0);
    },
  );
});
