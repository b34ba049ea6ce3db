import { setTimeout as sleep } from 'node:timers/promises';
import { startOurs } from '../contenders/ours';
import type { Lab } from '../lab/lab';
import { RawConnection } from '../load/raw-connection';
import { memoryOf, type Program } from '../lab/program';
import { type Asked, type Question, questionsOf } from './questions';

/** Every answer is made anew: nothing is kept for longer than it takes to answer. */
const UNCACHED = { CACHE_TTL_LIST_S: '0', CACHE_TTL_DETAIL_S: '0', CACHE_SWR_S: '0' };
const IDLE_MS = 3_000;

/** One catalogue, with a worker of the application on it. */
export class Size {
  private asked = 0;
  private idlePerMs = 0;
  private readonly connection: RawConnection;

  private constructor(
    readonly products: number,
    readonly questions: readonly Question[],
    private readonly lab: Lab,
    private readonly api: Program,
  ) {
    this.connection = new RawConnection(api.port);
  }

  /** @param number of the Redis database that is its own */
  static async open(
    lab: Lab,
    products: number,
    smallest: number,
    number: number,
    say: (line: string) => void,
  ) {
    const database = await lab.catalogue({ products, reviews: products * 5 }, say);
    const api = await startOurs(`ours-${products}`, { ...lab.env(database, number), ...UNCACHED });
    return new Size(products, await questionsOf(lab, database, smallest), lab, api);
  }

  /** @throws when an answer is not in order, or is not made by the database */
  async check({ id, ask }: Question): Promise<void> {
    for (let i = 0; i < 3; i += 1) {
      const asked = ask(this.asked++);
      const answer = await fetch(`http://127.0.0.1:${this.api.port}${asked.path}`, asked);
      const text = await answer.text();
      const status = answer.headers.get('cache-status') ?? '';
      if (answer.status !== 200) throw new Error(`${id} at ${this.products}: ${answer.status} ${text}`);
      if (/hit/.test(status)) throw new Error(`${id} at ${this.products} came from a cache: ${status}`);
    }
  }

  /** Asks one after the other. @returns ms of each @throws when an answer is not in order */
  async ask({ id, ask }: Question, times: number): Promise<number[]> {
    const taken: number[] = [];
    for (let i = 0; i < times; i += 1) {
      const bytes = bytesOf(ask(this.asked++));
      const began = performance.now();
      const outcome = await new Promise((resolve) => this.connection.send(bytes, resolve));
      taken.push(performance.now() - began);
      if (outcome !== 200) throw new Error(`${id} at ${this.products}: ${outcome}`);
    }
    return taken;
  }

  /** How many rows the server reads without being asked: replicas, monitors, the outbox. */
  async watchIdle(): Promise<void> {
    const before = await this.reads();
    const began = performance.now();
    await sleep(IDLE_MS);
    this.idlePerMs = ((await this.reads()) - before) / (performance.now() - began);
  }

  /** Rows that the server reads for one answer (Handler_read_*, temporary tables included), less what it reads anyhow. */
  async rowsRead(question: Question, times: number): Promise<number> {
    const before = await this.reads();
    const began = performance.now();
    await this.ask(question, times);
    const own = (await this.reads()) - before - this.idlePerMs * (performance.now() - began);
    return Math.max(0, Math.round(own / times));
  }

  private async reads(): Promise<number> {
    const rows = await this.lab.servers.primary.sql("SHOW GLOBAL STATUS LIKE 'Handler\\_read\\_%'");
    return rows.reduce((sum, [, value]) => sum + Number(value), 0);
  }

  /** RSS of the worker, MB. */
  memory(): number {
    return memoryOf(this.api.pid).get(this.api.pid) ?? NaN;
  }

  close(): Promise<void> {
    this.connection.close();
    return this.api.stop();
  }
}

function bytesOf({ method = 'GET', path, headers = {}, body = '' }: Asked): string {
  const lines = Object.entries({
    host: 'shop',
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  });
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}
