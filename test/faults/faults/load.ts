import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, HttpClient, NoAnswer, type Request } from '../../support/fleet/http-client';
import { random } from '../../support/random';
import type { Ledger } from './ledger';
import type { Outcome, Sample } from './sample';

export interface LoadOptions {
  readonly port: number;
  readonly seed: number;
  /** Of the catalogue: `product-1` … */
  readonly products: number;
  /** Value of the header Authorization of an admin. */
  readonly authorization: string;
  readonly readsPerS: number;
  readonly writesPerS: number;
}

const TICK_MS = 20;
const HOT = 20;
/** Products that are being written. */
const WRITTEN = 40;

/** Answers that say clearly that nothing has happened. */
const REFUSALS = new Set([
  'writes_unavailable',
  'database_busy',
  'database_unavailable',
  'overloaded',
  'shutting_down',
]);

/** Answers that say that there is too much to do. */
const BUSY = new Set(['overloaded', 'database_busy']);

/**
 * Steady mixed load in open loop: what is slow does not slow down what comes after it. Half of the reads are the same few
 * questions, half are questions that are seldom asked.
 */
export class Load {
  readonly samples: Sample[] = [];
  private readonly client: HttpClient;
  private readonly random: ReturnType<typeof random>;
  private readonly busy = new Set<number>();
  private readonly written: number[] = Array.from({ length: WRITTEN }, (_, i) => i + 1);
  private readonly open = new Map<Promise<void>, number>();
  /** When a round of sending came much later than planned, and by how much, ms. */
  private readonly late: { at: number; ms: number }[] = [];
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: LoadOptions,
    private readonly ledger: Ledger,
  ) {
    this.client = new HttpClient(options.port);
    this.random = random(options.seed);
  }

  start(): void {
    this.running = this.run();
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    await Promise.all(this.open.keys());
    this.client.close();
  }

  /** What was sent between two moments; waits for its answers. */
  async between(from: number, to: number): Promise<Sample[]> {
    await Promise.all([...this.open].filter(([, sentAt]) => sentAt <= to).map(([work]) => work));
    return this.samples.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  }

  /** By how much a round of sending came too late at most since `from`, ms. */
  stalledMs(from: number): number {
    return Math.max(0, ...this.late.filter(({ at }) => at >= from).map(({ ms }) => ms));
  }

  private async run(): Promise<void> {
    const begun = performance.now();
    let [reads, writes] = [0, 0];
    while (!this.stopped) {
      const seconds = (performance.now() - begun) / 1000;
      for (; reads < seconds * this.options.readsPerS; reads += 1) this.go(this.read(this.question()));
      for (; writes < seconds * this.options.writesPerS; writes += 1) this.go(this.write());
      const planned = performance.now() + TICK_MS;
      await sleep(TICK_MS);
      const ms = performance.now() - planned;
      if (ms > TICK_MS) this.late.push({ at: performance.now(), ms });
    }
  }

  private go(work: Promise<void>): void {
    this.open.set(work, performance.now());
    void work.finally(() => this.open.delete(work));
  }

  private question(): string {
    const { integer, next } = this.random;
    const { products } = this.options;
    const any = () => integer(products) + 1;
    const roll = next();
    if (roll < 0.25) return `/api/products/product-${integer(HOT) + 1}`;
    if (roll < 0.45) return '/api/products';
    if (roll < 0.55) return '/api/products?categoryId=2&sort=price';
    if (roll < 0.7) return `/api/products/product-${any()}`;
    if (roll < 0.85) return `/api/products?minPrice=${integer(100_000)}.50&limit=10`;
    if (roll < 0.95) return `/api/products/product-${any()}/reviews`;
    return `/api/products?q=cotton+${integer(50)}`;
  }

  private async read(path: string): Promise<void> {
    const sentAt = performance.now();
    let resent = false;
    let answer: Answer | NoAnswer = await this.ask(path);
    // What every browser does (RFC 9110, section 9.2.2): an idempotent request on a connection that ended at that moment.
    if (answer instanceof NoAnswer && answer.silent) {
      resent = true;
      // On a new connection: others may have ended at the same moment.
      this.client.close();
      answer = await this.ask(path);
    }
    const ms = performance.now() - sentAt;
    this.samples.push({ kind: 'read', sentAt, ms, resent, ...judgeRead(answer) });
  }

  private async write(): Promise<void> {
    const place = this.random.integer(WRITTEN);
    if (this.busy.has(place)) return;
    this.busy.add(place);
    const slug = `product-${this.written[place]}`;
    const quantity = this.ledger.next();
    const sentAt = performance.now();
    const { authorization } = this.options;
    const answer = await this.ask(`/api/products/${slug}`, {
      method: 'PATCH',
      headers: { authorization },
      body: { quantity },
    });
    const judged = judgeWrite(answer);
    if (judged.outcome === 'ok') this.ledger.acknowledge(slug, quantity);
    // Nobody knows whether, or when, it will be done: later values of this product would prove nothing.
    if (judged.outcome === 'unknown') this.written[place] = Math.max(...this.written) + 1;
    this.samples.push({ kind: 'write', sentAt, ms: performance.now() - sentAt, resent: false, ...judged });
    this.busy.delete(place);
  }

  private ask(path: string, request?: Request): Promise<Answer | NoAnswer> {
    return this.client.request(path, request).catch((error: unknown) => {
      if (error instanceof NoAnswer) return error;
      throw error;
    });
  }
}

interface Judged {
  readonly outcome: Outcome;
  readonly why?: string;
}

function judgeRead(answer: Answer | NoAnswer): Judged {
  if (answer instanceof NoAnswer) return { outcome: 'failed', why: answer.message };
  // `revalidating` is past its time, but proven unchanged: the normal life of a cached answer.
  if (answer.status === 200)
    return { outcome: answer.header('x-cache') === 'STALE' && !isRevalidating(answer) ? 'stale' : 'ok' };
  const code = codeOf(answer);
  return answer.status === 503 && BUSY.has(code)
    ? { outcome: 'shed' }
    : { outcome: 'failed', why: `${answer.status} ${code}` };
}

const isRevalidating = (answer: Answer): boolean =>
  answer.header('cache-status')?.includes('revalidating') === true;

function judgeWrite(answer: Answer | NoAnswer): Judged {
  if (answer instanceof NoAnswer) return { outcome: 'unknown', why: answer.message };
  if (answer.status === 200) return { outcome: 'ok' };
  const code = codeOf(answer);
  if (answer.status === 503 && code === 'write_outcome_unknown') return { outcome: 'unknown', why: code };
  if (answer.status === 503 && REFUSALS.has(code)) return { outcome: 'refused', why: code };
  return { outcome: 'failed', why: `${answer.status} ${code}` };
}

function codeOf(answer: Answer): string {
  try {
    return answer.json<{ code?: string }>().code ?? '';
  } catch {
    return answer.body.toString('utf8', 0, 60);
  }
}
