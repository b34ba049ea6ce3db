import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { InFlightGate } from './in-flight-gate';

class Response extends EventEmitter {
  status = 0;
  headers: Record<string, string | number> = {};
  body = '';
  setHeader(name: string, value: string) {
    this.set[name] = value;
  }
  readonly set: Record<string, string> = {};
  writeHead(status: number, headers: Record<string, string | number>) {
    this.status = status;
    this.headers = headers;
    return this;
  }
  end(body: Buffer) {
    this.body = body.toString();
  }
}
const enter = (gate: InFlightGate, headers = {}, response = new Response()) => ({
  response,
  entered: gate.enter({ headers }, response as unknown as ServerResponse),
});

describe('InFlightGate', () => {
  it('refuses what is too much with a finished 503, and takes in again what leaves', () => {
    const gate = new InFlightGate(2);
    const [a] = [enter(gate), enter(gate)];
    const { entered, response } = enter(gate);
    expect(entered).toBe(false);
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toMatch(/^[123]$/);
    expect(JSON.parse(response.body)).toMatchObject({ status: 503, code: 'overloaded' });
    expect(response.headers['content-length']).toBe(Buffer.byteLength(response.body));
    a!.response.emit('close');
    expect(enter(gate).entered).toBe(true);
    expect(gate.inFlight).toBe(2);
    gate.close();
  });

  it('lets scripts of the listed origins read the refusal', () => {
    const gate = new InFlightGate(0, ['https://shop.example']);
    const origin = (from: string) => enter(gate, { origin: from }).response.set;
    expect(origin('https://shop.example')).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-expose-headers': 'Retry-After',
      vary: 'Origin',
    });
    expect(origin('https://evil.example')).toEqual({});
    gate.close();
  });
});
