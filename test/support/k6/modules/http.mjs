import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { record } from '../record.mjs';

/**
 * k6's requests block. Here another thread makes them while this one waits for it.
 */
const signal = new Int32Array(new SharedArrayBuffer(4));
const { port1, port2 } = new MessageChannel();
const worker = new Worker(new URL('../http-worker.mjs', import.meta.url), {
  workerData: { signal, port: port2 },
  transferList: [port2],
});
worker.unref();
port1.unref();

let allowed = expectedStatuses({ min: 200, max: 399 });

/** Go writes header names so: X-Cache, Etag. Scripts have to ask for them by these names. */
const canonical = (name) => name.replace(/(^|-)([a-z])/g, (_, dash, letter) => dash + letter.toUpperCase());

function request(method, url, body, params = {}) {
  const { headers = {}, tags = {}, responseCallback = allowed } = params;
  for (const [name, value] of Object.entries({ ...headers, ...tags }))
    if (typeof value !== 'string') throw new TypeError(`${name} must be text`);
  Atomics.store(signal, 0, 0);
  const began = performance.now();
  port1.postMessage({ method, url, headers, body: body ?? undefined });
  Atomics.wait(signal, 0, 0);
  const { status, headers: received, text, error } = receiveMessageOnPort(port1).message;
  const expected = responseCallback(status);
  record.requests.push({ method, url, status, sent: headers, tags, expected });
  return {
    status,
    error: error ?? '',
    body: text,
    headers: Object.fromEntries(received.map(([name, value]) => [canonical(name), value])),
    timings: { duration: performance.now() - began },
    json: (selector) => (selector === undefined ? JSON.parse(text) : JSON.parse(text)[selector]),
  };
}

export function expectedStatuses(...wanted) {
  return (status) =>
    wanted.some((one) => (typeof one === 'number' ? one === status : status >= one.min && status <= one.max));
}

export default {
  get: (url, params) => request('GET', url, undefined, params),
  post: (url, body, params) => request('POST', url, body, params),
  patch: (url, body, params) => request('PATCH', url, body, params),
  del: (url, body, params) => request('DELETE', url, body, params),
  expectedStatuses,
  setResponseCallback: (callback) => void (allowed = callback),
};
