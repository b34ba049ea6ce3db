import { setTimeout as sleep } from 'node:timers/promises';
import { urls } from '../../consistency/hitrate/catalogue';
import { bearer } from '../../consistency/lab/tokens';
import { HttpClient } from '../../support/fleet/http-client';

/** The trace that some of the readers belong to. */
export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACE_PARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const READERS = 4;
const READ_EVERY_MS = 10;
const WRITE_EVERY_MS = 100;

/** Readers and a writer, with pauses: every kind of request, and processor left for whoever watches. */
export class Traffic {
  private going = true;
  private readonly done: Promise<unknown>;
  private readonly client: HttpClient;

  constructor(
    port: number,
    private readonly products: number,
  ) {
    this.client = new HttpClient(port);
    this.done = Promise.all([...Array.from({ length: READERS }, (_, i) => this.read(i)), this.write()]);
  }

  /** @throws what went wrong in it */
  async stop(): Promise<void> {
    this.going = false;
    await this.done;
    this.client.close();
  }

  private async read(reader: number): Promise<void> {
    const { details, lists } = urls(this.products);
    const all = [...lists, ...details, '/api/products/no-such-product'];
    for (let i = reader; this.going; i += READERS) {
      const headers: Record<string, string> = i % 3 === 0 ? { traceparent: TRACE_PARENT } : {};
      await this.client.request(all[i % all.length]!, { headers });
      await sleep(READ_EVERY_MS);
    }
  }

  private async write(): Promise<void> {
    const authorization = await bearer('admin');
    for (let i = 0; this.going; i += 1) {
      const path = `/api/products/p-${i % this.products}`;
      await this.client.request(path, {
        method: 'PATCH',
        headers: { authorization },
        body: { name: `Product of round ${i}` },
      });
      await sleep(WRITE_EVERY_MS);
    }
  }
}
