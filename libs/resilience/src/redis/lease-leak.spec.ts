import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisConnection } from './connection';

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** One master that holds all slots, and speaks just enough RESP. `looked`: before it says for the nth time who is who. */
async function onlyMaster(looked: (nth: number, end: () => void) => Promise<void> | void) {
  const seats = new Set<Socket>(); // connections that asked INFO: those of sessions, not the topology's
  let port = 0;
  let times = 0;
  const answer = async (socket: Socket, command: string | undefined): Promise<string> => {
    if (command === 'EXISTS') return ':0\r\n';
    if (command === 'INFO') {
      seats.add(socket);
      return bulk('run_id:abc\nmaster_replid:def\n');
    }
    if (command !== 'CLUSTER') return '+OK\r\n';
    await looked((times += 1), () => seats.forEach((seat) => seat.destroy()));
    return bulk(`n1 127.0.0.1:${port}@1 myself,master - 0 0 1 connected 0-16383\n`);
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (const part of data.toString().split(/(?=\*\d+\r\n)/))
        void answer(socket, part.split('\r\n')[2]?.toUpperCase()).then((text) => socket.write(text));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  port = (server.address() as { port: number }).port;
  return { url: `redis://127.0.0.1:${port}`, close: () => server.close() };
}

it.each([
  ['lasted', () => undefined],
  [
    // As a master that dies does, while the others still name it.
    'ended while its first lease was asked for',
    async (nth: number, end: () => void) => {
      if (nth !== 2) return; // the first look finds the master
      end();
      await sleep(60);
    },
  ],
])('nothing runs any more behind a connection that %s', async (_, looked) => {
  const cluster = await onlyMaster(looked);
  const redis = new RedisConnection({ url: cluster.url, mode: 'cluster', commandTimeoutMs: 250 });
  await redis.start();
  await sleep(500);
  expect(redis.session()).toBeDefined();
  await redis.stop();
  cluster.close();
  // One that were asked for now would not go off: a lease that was left ends here, and the test with it.
  const timers = jest.spyOn(global, 'setTimeout').mockImplementation(() => ({}) as NodeJS.Timeout);
  await sleep(500);
  const { calls } = timers.mock;
  timers.mockRestore();
  expect(calls).toEqual([]);
});
