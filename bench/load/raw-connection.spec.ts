import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Outcome, RawConnection } from './raw-connection';

let server: Server;
let answer: (socket: Socket) => void;
let accepted = 0;
let connection: RawConnection;

beforeEach(async () => {
  accepted = 0;
  server = createServer((socket) => {
    accepted += 1;
    socket.on('error', () => undefined);
    socket.on('data', () => answer(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  connection = new RawConnection((server.address() as AddressInfo).port);
});
afterEach(async () => {
  connection.close();
  server.close();
  await once(server, 'close');
});

const ask = (): Promise<Outcome> =>
  new Promise((resolve) => connection.send('GET / HTTP/1.1\r\n\r\n', resolve));

it('waits for the whole of an answer that comes in pieces', async () => {
  answer = (socket) => {
    const pieces = ['HTTP/1.1 200 OK\r\nConte', 'nt-Length: 10\r\n\r', '\n01234', '56789'];
    pieces.forEach((piece, i) => setTimeout(() => socket.write(piece), i * 20));
  };
  expect(await ask()).toBe(200);
  expect(await ask()).toBe(200);
  expect(accepted).toBe(1);
});

it('knows answers without a body', async () => {
  answer = (socket) => void socket.write('HTTP/1.1 304 Not Modified\r\netag: "1"\r\n\r\n');
  expect(await ask()).toBe(304);
});

it('opens another connection after the server has closed one', async () => {
  answer = (socket) => void socket.end('HTTP/1.1 503 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  expect(await ask()).toBe(503);
  answer = (socket) => void socket.destroy();
  expect(await ask()).toBe('lost');
  answer = (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
  expect(await ask()).toBe(200);
  expect(accepted).toBe(3);
});

it('says when nobody listens', async () => {
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  connection = new RawConnection(port);
  expect(await ask()).toBe('refused');
  server.listen(0);
});
