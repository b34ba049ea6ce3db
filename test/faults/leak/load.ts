import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient, type Request } from '../../support/fleet/http-client';
import { random } from '../../support/random';

export interface LeakLoad {
  readonly port: number;
  readonly seed: number;
  readonly clients: number;
  /** Of the catalogue: `product-1` … */
  readonly products: number;
  /** Value of the header Authorization of an admin. */
  readonly authorization: string;
}

/** After so many requests a client takes a new connection. */
const PER_CONNECTION = 25;

/**
 * Everything that may leave something behind: hits, misses, writes, refusals, errors, connections that come and go, and
 * clients that hang up in the middle.
 *
 * @returns how many requests were answered
 */
export async function makeLoad(load: LeakLoad, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  const answered = await Promise.all(Array.from({ length: load.clients }, (_, i) => client(load, i, end)));
  return answered.reduce((sum, count) => sum + count, 0);
}

async function client(load: LeakLoad, index: number, end: number): Promise<number> {
  const { integer, next } = random(load.seed + index);
  let http = new HttpClient(load.port);
  let answered = 0;
  for (let i = 1; performance.now() < end; i += 1) {
    if (next() < 0.05) {
      await hangUp(load.port, `/api/products?minPrice=${integer(100_000)}.25`, integer(20));
      continue;
    }
    const [path, request] = question(load, integer, next());
    await http.request(path, request).then(
      () => (answered += 1),
      () => undefined, // refused or cut: what is left of it counts, not its answer
    );
    if (i % PER_CONNECTION === 0) {
      http.close();
      http = new HttpClient(load.port);
    }
  }
  http.close();
  return answered;
}

function question(
  { products, authorization }: LeakLoad,
  integer: (below: number) => number,
  roll: number,
): [string, Request?] {
  const slug = `product-${integer(products) + 1}`;
  if (roll < 0.3) return [`/api/products/product-${integer(10) + 1}`];
  if (roll < 0.45) return ['/api/products', { headers: { 'accept-encoding': 'gzip' } }];
  if (roll < 0.55) return [`/api/products/${slug}`];
  if (roll < 0.7) return [`/api/products?minPrice=${integer(100_000)}.50&limit=10`];
  if (roll < 0.75) return [`/api/products?q=cotton+${integer(50)}`];
  if (roll < 0.8) return [`/api/products/nothing-${integer(1_000)}`];
  if (roll < 0.85) return ['/api/products?limit=-1'];
  if (roll < 0.88) return [`/nowhere/${integer(1_000)}`];
  if (roll < 0.91) return [`/api/products/${slug}`, { method: 'PATCH', body: { quantity: 1 } }];
  const headers = { authorization };
  return [`/api/products/${slug}`, { method: 'PATCH', headers, body: { quantity: integer(100) } }];
}

/** Asks, and is gone before the answer. */
async function hangUp(port: number, path: string, afterMs: number): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  const closed = once(socket, 'close').catch(() => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
  await sleep(afterMs);
  socket.destroy();
  await closed;
}
