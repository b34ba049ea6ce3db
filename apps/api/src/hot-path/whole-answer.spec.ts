import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { connectionLines, maySendWhole, WholeAnswers } from './whole-answer';

const BYTES = Buffer.from('মগ, 1 €');
const BODY = BYTES.toString('latin1');
const HEAD = `HTTP/1.1 200 OK\r\ncontent-length: ${BODY.length}\r\n\r\n`;
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

let server: Server;
let socket: Socket;
let received: string;
let answer: (response: ServerResponse, request: IncomingMessage) => void;

beforeEach(async () => {
  received = '';
  server = createServer({ keepAliveTimeout: 5_000 }, (request, response) => answer(response, request));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  await once(socket, 'connect');
});
afterEach(() => {
  socket.destroy();
  server.closeAllConnections();
  server.close();
});

const answers = new WholeAnswers();
const sendWhole = (response: ServerResponse, sent: () => void = () => undefined) =>
  answers.send(response, 200, HEAD, BYTES, sent);

const arrived = async (length: number): Promise<string> => {
  while (received.length < length) await once(socket, 'data');
  return received;
};

it('sends these bytes and no others, request after request', async () => {
  answer = (response) => sendWhole(response);
  for (let i = 1; i <= 3; i += 1) {
    socket.write(GET);
    expect(await arrived(i * (HEAD + BODY).length)).toBe((HEAD + BODY).repeat(i));
  }
});

it('leaves alone what a slow client has not taken yet, while it sends to others', async () => {
  const [responses, size]: [ServerResponse[], number] = [[], 60_000];
  answer = (response) => responses.push(response);
  const bodyOf = (n: number) => Buffer.alloc(size, 97 + (n % 26));
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`;
  socket.pause();
  let sent = 0;
  for (let full = false; !full;) {
    socket.write(GET);
    while (responses.length === 0) await once(server, 'request');
    const response = responses.pop()!;
    const connection = response.socket!;
    answers.send(response, 200, head, bodyOf(sent), () => (sent += 1));
    answers.flush();
    full = connection.writableLength > 0;
  }
  const other = connect((server.address() as AddressInfo).port, '127.0.0.1');
  other.write(GET);
  while (responses.length === 0) await once(server, 'request');
  answers.send(responses.pop()!, 200, head, Buffer.alloc(size, '#'), () => undefined);
  answers.flush();
  socket.resume();
  const wanted = Array.from({ length: sent }, (_, n) => head + bodyOf(n).toString()).join('');
  expect((await arrived(wanted.length)) === wanted).toBe(true);
  other.destroy();
});

it('ends the answer for everybody who waits for its end', async () => {
  const ends: Promise<unknown>[] = [];
  let response: ServerResponse | undefined;
  answer = (one) => {
    ends.push(once(one, 'finish'), once(one, 'close'));
    sendWhole(one);
    response = one;
  };
  socket.write(GET);
  await arrived((HEAD + BODY).length);
  await Promise.all(ends);
  expect(response).toMatchObject({
    headersSent: true,
    writableEnded: true,
    writableFinished: true,
    statusCode: 200,
  });
  expect(maySendWhole(response!)).toBe(false);
});

it('may not go before the answer to an earlier request, nor behind one that nobody reads', async () => {
  const may: boolean[] = [];
  let first: ServerResponse | undefined;
  answer = (response) => {
    may.push(maySendWhole(response));
    if (first) first.end('1');
    else first = response;
    if (may.length === 2) response.end('2');
  };
  socket.write(GET + GET);
  await once(socket, 'data');
  expect(may).toEqual([true, false]);

  socket.pause();
  answer = (response) => {
    response.socket!.write(Buffer.alloc(32 << 20));
    may.push(maySendWhole(response));
    response.destroy();
  };
  socket.write(GET);
  await once(server, 'request');
  expect(may[2]).toBe(false);
});

it.each([
  ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
  ['Connection: close', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
])('leaves a connection that ends behind the answer to Node: %s', async (_what, request) => {
  answer = (response) => response.end(String(maySendWhole(response)));
  socket.write(request);
  await once(socket, 'close');
  expect(received).toMatch(/false$/);
});

it('says of the connection what Node says', async () => {
  answer = (response) => response.end();
  socket.write(GET);
  await once(socket, 'data');
  expect(received).toContain(connectionLines(server.keepAliveTimeout));
});

it('closes a connection on which nothing follows, as Node does', async () => {
  server.keepAliveTimeout = 50;
  answer = (response) => sendWhole(response);
  socket.write(GET);
  await once(socket, 'close');
  expect(received).toBe(HEAD + BODY);
});

it('lets answers leave together, at the end of a turn or before something long', async () => {
  const responses: ServerResponse[] = [];
  const sent = jest.fn();
  answer = (response) => responses.push(response);
  const others = [1, 2].map(() => connect((server.address() as AddressInfo).port, '127.0.0.1'));
  for (const one of [socket, ...others]) one.write(GET);
  while (responses.length < 3) await once(server, 'request');
  sendWhole(responses[0]!, sent);
  sendWhole(responses[1]!, sent);
  expect(responses.map(({ headersSent }) => headersSent)).toEqual([true, true, false]);
  expect(sent).not.toHaveBeenCalled();
  answers.flush();
  expect(sent).toHaveBeenCalledTimes(2);
  sendWhole(responses[2]!, sent);
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toHaveBeenCalledTimes(3);
  for (const one of others) one.destroy();
});

it('has not sent anything to whoever is gone', async () => {
  const sent = jest.fn();
  let closed: Promise<unknown> | undefined;
  answer = (response) => {
    closed = once(response, 'close');
    sendWhole(response, sent);
    response.socket!.destroy();
  };
  socket.on('error', () => undefined).write(GET);
  await once(server, 'request');
  await closed;
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).not.toHaveBeenCalled();
});

it('does not keep many waiting for each other', () => {
  const gone = { socket: null } as unknown as ServerResponse;
  const write = jest.fn();
  const there = { socket: { writable: true, write }, end: jest.fn() } as unknown as ServerResponse;
  sendWhole(there);
  for (let i = 2; i < 64; i += 1) sendWhole({ ...gone } as ServerResponse);
  expect(write).not.toHaveBeenCalled();
  sendWhole(gone);
  expect(write).toHaveBeenCalledTimes(1);
});
