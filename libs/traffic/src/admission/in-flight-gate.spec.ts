import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { InFlightGate } from './in-flight-gate';

class Response extends EventEmitter {
  status = 0;
  headers: Record<string, string | number> = {};
  body = '';
  writeHead(status: number, headers: Record<string, string | number>) {
    this.status = status;
    this.headers = headers;
    return this;
  }
  end(body: Buffer) {
    this.body = body.toString();
  }
}
const enter = (gate: InFlightGate, response = new Response()) => ({
  response,
  entered: gate.enter(response as unknown as ServerResponse),
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
});
