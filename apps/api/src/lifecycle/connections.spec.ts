import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Connections } from './connections';

let server: Server;
let connections: Connections;
let answer: (response: ServerResponse) => void;
const agent = new Agent({ keepAlive: true });

const port = () => (server.address() as AddressInfo).port;
const request = () =>
  new Promise<IncomingMessage>((resolve, reject) => {
    get({ port: port(), agent }, (response) => resolve(response.resume())).on('error', reject);
  });
const whenReceived = () => new Promise<ServerResponse>((resolve) => (answer = resolve));

beforeEach(async () => {
  answer = (response) => response.end('ok');
  server = createServer((_, response) => answer(response));
  connections = new Connections(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  agent.destroy();
  server.closeAllConnections();
  server.close();
});

it('keeps connections open until it stops', async () => {
  expect((await request()).headers.connection).toBe('keep-alive');
});

it('tells a request that is being answered to close its connection behind it', async () => {
  const received = whenReceived();
  const answered = request();
  const response = await received;
  connections.askToClose();
  connections.stopAccepting();
  const drained = connections.drained(0, 60_000);
  response.end('late, but whole');
  expect((await answered).headers.connection).toBe('close');
  expect(await drained).toBe(0);
});

it('still answers what arrives on a connection that was open', async () => {
  const socket: Socket = connect(port(), '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  // The server has seen the connection as soon as it has answered on it once.
  const read = () =>
    new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await read()).toContain('Connection: keep-alive');

  connections.askToClose();
  connections.stopAccepting();
  const drained = connections.drained(60_000, 60_000);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await read()).toMatch(/^HTTP\/1\.1 200 OK[^]*Connection: close/);
  expect(await drained).toBe(0);
});

it('closes idle connections in the end, and cuts what takes too long', async () => {
  await request();
  expect(await connections.drained(0, 60_000)).toBe(0);

  const received = whenReceived();
  const cut = request().catch((error: Error) => error);
  await received;
  expect(await connections.drained(0, 0)).toBe(1);
  expect(await cut).toMatchObject({ code: 'ECONNRESET' });
});

it('takes no new connection once it has stopped accepting', async () => {
  const where = port();
  connections.stopAccepting();
  const refused = await new Promise((resolve) => connect(where, '127.0.0.1').once('error', resolve));
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
});
