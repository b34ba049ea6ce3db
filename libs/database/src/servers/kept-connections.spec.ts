import { EventEmitter } from 'node:events';
import type { PoolConnection } from 'mysql2';
import { KeptConnections } from './kept-connections';

/** A pool that opens connections and takes them back. */
function pool() {
  const opened: EventEmitter[] = [];
  const released: EventEmitter[] = [];
  const acquire = (): Promise<PoolConnection> => {
    const connection = released.pop() ?? new EventEmitter();
    if (!opened.includes(connection)) opened.push(connection);
    return Promise.resolve(
      Object.assign(connection, {
        release: () => void released.push(connection),
      }) as unknown as PoolConnection,
    );
  };
  return { opened, released, acquire };
}

/** Work that goes on until it is told to end. */
function held(kept: KeptConnections) {
  let end = (): void => undefined;
  const done = kept.use(() => new Promise<void>((resolve) => (end = resolve)));
  return { done, end: () => end() };
}

describe('KeptConnections', () => {
  it('keeps the connection of work that went well for the next', async () => {
    const { opened, released, acquire } = pool();
    const kept = new KeptConnections(acquire, () => 2);
    const first = await kept.use((connection) => Promise.resolve(connection));
    expect(kept.size).toBe(1);
    expect(await kept.use((connection) => Promise.resolve(connection))).toBe(first);
    expect([opened.length, released.length]).toEqual([1, 0]);
  });

  it('gives back what it may not keep', async () => {
    const { opened, released, acquire } = pool();
    const kept = new KeptConnections(acquire, () => 1);
    const both = [held(kept), held(kept)];
    await new Promise(setImmediate);
    for (const one of both) one.end();
    await Promise.all(both.map(({ done }) => done));
    expect([opened.length, released.length, kept.size]).toEqual([2, 1, 1]);
  });

  it('gives back the connection of work that failed', async () => {
    const { released, acquire } = pool();
    const kept = new KeptConnections(acquire, () => 2);
    await expect(kept.use(() => Promise.reject(new Error('silent')))).rejects.toThrow('silent');
    expect([released.length, kept.size]).toEqual([1, 0]);
  });

  it.each(['end', 'error'])('forgets a connection whose server said %s', async (event) => {
    const { opened, acquire } = pool();
    const kept = new KeptConnections(acquire, () => 2);
    await kept.use(() => Promise.resolve());
    opened[0]!.emit(event, new Error('gone'));
    expect(kept.size).toBe(0);
    const busy = held(kept);
    await new Promise(setImmediate);
    opened[1]!.emit(event, new Error('gone'));
    busy.end();
    await busy.done;
    expect([opened.length, kept.size]).toEqual([2, 0]);
  });
});
