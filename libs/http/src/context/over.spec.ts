import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { whenOver } from './over';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const REQUESTS = 20;

let server: Server;
let client: Socket;
let over: number[];
const responses: ServerResponse[] = [];

beforeEach(async () => {
  over = [];
  responses.length = 0;
  server = createServer((_request: IncomingMessage, response) => {
    const place = responses.push(response) - 1;
    whenOver(response, () => over.push(place));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  client.write(GET.repeat(REQUESTS));
  while (responses.length < REQUESTS) await once(server, 'request');
});
afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

const all = Array.from({ length: REQUESTS }, (_, i) => i);
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
/** Those that are over after a while; all of them at once where that is so. */
async function overSoon(): Promise<number[]> {
  for (let i = 0; i < 500 && over.length < REQUESTS; i += 1) await turn();
  return over;
}

it('says so once of each answer that is complete, in their order', async () => {
  client.resume();
  for (const response of [...responses].reverse()) response.end('x');
  expect(await overSoon()).toEqual(all);
  client.destroy();
  while (!responses[0]!.req.socket.destroyed) await turn();
  await turn();
  expect(over).toEqual(all);
});

it('says so of those that wait for an earlier one when the connection ends, and of those that come later', async () => {
  const warned = jest.fn();
  process.on('warning', warned);
  client.resetAndDestroy();
  await overSoon();
  for (const response of responses) response.end('x');
  await turn();
  expect([...over].sort((a, b) => a - b)).toEqual(all);
  expect(warned).not.toHaveBeenCalled(); // of too many listeners
  process.removeListener('warning', warned);
  const late = jest.fn();
  whenOver(responses.at(-1)!, late);
  expect(late).toHaveBeenCalledTimes(1);
});
