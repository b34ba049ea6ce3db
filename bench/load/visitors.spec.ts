import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { usersAt, visit } from './visitors';

const stages = [
  { seconds: 10, to: 100 },
  { seconds: 10, to: 100 },
  { seconds: 10, to: 0 },
];

it('goes from stage to stage', () => {
  expect([0, 5, 10, 15, 25, 29.9, 30, 31].map((second) => usersAt(stages, second))).toEqual([
    0, 50, 100, 100, 50, 1, 0, 0,
  ]);
});

describe('a visit', () => {
  let server: Server;
  const serve = async (listener: RequestListener): Promise<number> => {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('counts what every user was answered, each on its own connection', async () => {
    const seen = new Map<string, Set<number>>();
    const port = await serve((request, response) => {
      const user = request.headers['x-forwarded-for'] as string;
      const remote = request.socket.remotePort!;
      seen.set(user, (seen.get(user) ?? new Set()).add(remote));
      response.statusCode = user === '3' ? 500 : 200;
      response.end('ok');
    });
    const next = (user: number) => `GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: ${user}\r\n\r\n`;
    const done = await visit({
      port,
      stages: [
        { seconds: 0.001, to: 5 },
        { seconds: 2, to: 5 },
      ],
      next,
    });
    expect([...seen.keys()].sort()).toEqual(['0', '1', '2', '3', '4']);
    expect([...seen.values()].every((ports) => ports.size === 1)).toBe(true);
    expect(done.outcomes['200']! + done.outcomes['500']!).toBe(done.requests);
    expect(done.failed).toBe(done.outcomes['500']);
    expect(done.interrupted).toBe(0);
    expect(done.seconds[0]!.ok).toBeGreaterThan(0);
  });

  it('tells those that are never answered from those that wait when time is up', async () => {
    const port = await serve(() => undefined);
    const next = () => 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
    const waiting = await visit({
      port,
      stages: [
        { seconds: 0.001, to: 2 },
        { seconds: 0.5, to: 2 },
      ],
      next,
    });
    expect(waiting).toMatchObject({ requests: 0, interrupted: 2 });
    const late = await visit({
      port,
      stages: [
        { seconds: 0.001, to: 2 },
        { seconds: 1, to: 2 },
      ],
      next,
      timeoutS: 0.3,
    });
    expect(late).toMatchObject({ outcomes: { timeout: 2 }, failed: 2, interrupted: 0 });
  });
});
