import { createServer, type AddressInfo, type Server } from 'node:net';
import { needFreePort, portOf } from './listen-ports.js';
import { accepts, choosePorts, freePorts, isFree } from './ports.js';

let busy: Server;
let port: number;

beforeAll(async () => {
  busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  port = (busy.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => busy.close(resolve)));

it('finds ports that are all different and free', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect(await Promise.all(ports.map((one) => isFree(one)))).not.toContain(false);
});

it('stays below the ports that outgoing connections get', async () => {
  for (const one of await freePorts(20)) expect(one).toBeLessThan(32_768);
});

it('keeps a wish where it can be kept', async () => {
  const [wish] = await freePorts(1);
  const [kept, replaced, any] = await choosePorts([wish, port, undefined]);
  expect(kept).toBe(wish);
  expect(replaced).not.toBe(port);
  expect(new Set([kept, replaced, any]).size).toBe(3);
});

it('tells whether somebody accepts connections', async () => {
  const [free] = await freePorts(1);
  expect(await accepts(port)).toBe(true);
  expect(await accepts(free ?? 0)).toBe(false);
});

it('says in one sentence that a port is busy and what to type instead', async () => {
  await expect(needFreePort('PORT', port)).rejects.toThrow(
    `Port ${port} is in use by another program. Choose another one: PORT=${port + 1} npm run up`,
  );
});

it('reads a port from the environment', () => {
  expect(portOf({ PORT: ' 8080 ' }, 'PORT', 3000)).toBe(8080);
  expect(portOf({ PORT: '' }, 'PORT', 3000)).toBe(3000);
  for (const PORT of ['0', '65536', 'http', '80.5', '-1'])
    expect(() => portOf({ PORT }, 'PORT', 1)).toThrow(/PORT/);
});
