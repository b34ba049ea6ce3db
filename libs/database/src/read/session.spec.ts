import type { PoolConnection } from 'mysql2';
import { dialectOf } from '../dialect';
import type { ServerCircuit } from '../servers/circuits';
import { ConnectionSession } from './session';

/** A replica that has applied a number of transactions, and says so when it is asked. */
function replica(at: number) {
  const asked: string[] = [];
  const state = { at };
  const connection = {
    query: (_sql: string, [position]: [string], done: (error: null, rows: unknown) => void) => {
      asked.push(position);
      done(null, [{ result: state.at >= Number(position) ? 0 : -1 }]);
    },
  } as unknown as PoolConnection;
  const circuit = {
    server: { name: 'r', role: 'replica' },
    onSilence: () => () => undefined,
  } as unknown as ServerCircuit;
  const session = () =>
    new ConnectionSession(
      undefined as never,
      connection,
      circuit,
      dialectOf('10.11.6-MariaDB'),
      { statementMs: 1_000, silenceMs: 1_000, kill: async () => undefined },
      undefined,
    );
  return { state, asked, session };
}

describe('a fence', () => {
  it('is asked for once by each connection between two writes', async () => {
    const { asked, session } = replica(5);
    expect(await session().fence('5', 50)).toBe('reached');
    expect(await session().fence('5', 50)).toBe('known');
    expect(await replica(5).session().fence('5', 50)).toBe('reached');
    expect(asked).toEqual(['5']);
  });

  it('is asked for again after a write, and after it was not reached', async () => {
    const { state, asked, session } = replica(5);
    await session().fence('5', 50);
    expect(await session().fence('6', 50)).toBe('timeout');
    expect(await session().fence('6', 50)).toBe('timeout');
    state.at = 6;
    expect(await session().fence('6', 50)).toBe('reached');
    expect(asked).toEqual(['5', '6', '6', '6']);
  });
});
