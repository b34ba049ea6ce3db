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

  it('hands a connection to whoever waits for the pool, and keeps what the pool has then', async () => {
    const { acquire } = pool();
    const late: (() => void)[] = [];
    const kept = new KeptConnections(
      async () => {
        if (late.length > 0) await new Promise<void>((resolve) => late.push(resolve));
        late.push(() => undefined);
        return acquire();
      },
      () => 2,
    );
    const busy = held(kept);
    await new Promise(setImmediate);
    const used: unknown[] = [];
    const next = kept.use((connection) => Promise.resolve(used.push(connection)));
    const after = kept.use((connection) => Promise.resolve(used.push(connection)));
    busy.end();
    // The pool has given nothing yet.
    await Promise.all([busy.done, next, after]);
    expect([used.length, used[0] === used[1], kept.size]).toEqual([2, true, 1]);
    for (const give of late) give();
    await new Promise(setImmediate);
    expect(kept.size).toBe(2);
  });

  it('says what the pool said when nothing came', async () => {
    const kept = new KeptConnections(
      () => Promise.reject(new Error('busy')),
      () => 2,
    );
    await expect(kept.use(() => Promise.resolve())).rejects.toThrow('busy');
  });

  it('gives all back when work has failed', async () => {
    const { released, acquire } = pool();
    const kept = new KeptConnections(acquire, () => 2);
    const both = [held(kept), held(kept)];
    await new Promise(setImmediate);
    for (const one of both) one.end();
    await Promise.all(both.map(({ done }) => done));
    await expect(kept.use(() => Promise.reject(new Error('silent')))).rejects.toThrow('silent');
    expect([released.length, kept.size]).toEqual([2, 0]);
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
