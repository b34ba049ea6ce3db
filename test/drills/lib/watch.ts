import { setTimeout as sleep } from 'node:timers/promises';
import { History, claim } from '../../consistency/history/history';
import { LIMIT_MS, Register } from '../../consistency/history/register';
import { bearer } from '../../consistency/lab/tokens';
import { type Answer, NoAnswer } from '../../support/fleet/http-client';
import type { MariaServer } from '../../../scripts/lib/mariadb.js';
import type { Api } from './api';
import { want } from './steps';

const READERS = 2;
/** Pauses, ms: a light load, the processor is shared with everything else. */
const READ_PAUSE_MS = 5;
const WRITE_PAUSE_MS = 25;
const PATIENCE_MS = 60_000;

/** A product that the drill renames. */
interface Watched {
  readonly id: number;
  readonly slug: string;
  readonly name: Register<string>;
}

/**
 * A light load whose every answer is judged: one writer renames some products, readers look at them. A rename that
 * nobody acknowledged may have happened; that product rests until `settle`.
 */
export class Watch {
  readonly history = new History();
  /** Reads that were answered 200, by what X-Cache said. */
  readonly answered = new Map<string, number>();
  /** What went wrong for a reader: there should be nothing. */
  readonly failedReads: string[] = [];
  acknowledged = 0;
  unanswered = 0;
  private writes = true;
  private loops: Promise<void>[] = [];
  private stopped = false;
  private serial = 0;

  private constructor(
    private readonly api: Api,
    private readonly database: string,
    private readonly products: readonly Watched[],
  ) {}

  static async start(api: Api, primary: MariaServer, database: string): Promise<Watch> {
    // A load before this one may have written until a moment ago, and what was before that is promised to be gone in time.
    await promised();
    const rows = await primary.sql(`SELECT id, slug, name FROM ${database}.products ORDER BY id LIMIT 8`);
    const now = performance.now();
    const products = rows.map(([id, slug, name]) => ({
      id: Number(id),
      // A slug may hold letters of any script.
      slug: encodeURIComponent(slug!),
      name: new Register(`the name of ${slug}`, name!, now),
    }));
    const watch = new Watch(api, database, products);
    watch.loops = [watch.writer(), ...Array.from({ length: READERS }, () => watch.reader())];
    return watch;
  }

  /** Waits until so many more reads were answered. @throws StepFailed when that takes a minute */
  async reads(count: number, cached?: string): Promise<void> {
    const seen = () => (cached === undefined ? this.history.reads : (this.answered.get(cached) ?? 0));
    await this.until(seen, count, `reads${cached === undefined ? '' : ` with X-Cache: ${cached}`}`);
  }

  /** Waits until so many more writes were acknowledged. @throws StepFailed when that takes a minute */
  async acks(count: number): Promise<void> {
    await this.until(() => this.acknowledged, count, 'acknowledged writes');
  }

  /** No writes from here on; the one under way has ended. */
  async rest(): Promise<void> {
    this.writes = false;
    await sleep(4 * WRITE_PAUSE_MS);
    while (this.products.some(({ name }) => !name.settled) && this.writing) await sleep(WRITE_PAUSE_MS);
  }

  /** Finds out what has become of the writes that nobody acknowledged, and lets writes go on. */
  async settle(primary: MariaServer): Promise<void> {
    const names = await this.namesOn(primary);
    for (const { id, name } of this.products) {
      if (name.settled) continue;
      if (names.get(id) === name.latest) name.ack(performance.now());
      else name.undo();
    }
    this.writes = true;
  }

  /** The products whose last acknowledged name this server does not have. */
  async missingOn(server: MariaServer): Promise<string[]> {
    const names = await this.namesOn(server);
    return this.products
      .filter(({ id, name }) => name.settled && names.get(id) !== name.latest)
      .map(({ slug }) => slug);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.loops);
  }

  /** @throws StepFailed when a reader saw something old or was not answered */
  verdict(): string {
    want(this.history.stale === 0, `${this.history.stale} stale: ${this.history.reports[0]}`);
    const [first] = this.failedReads;
    want(first === undefined, `${this.failedReads.length} reads failed, the first: ${first}`);
    return `${this.history.reads} reads judged, 0 stale, 0 failed; ${this.acknowledged} writes acknowledged`;
  }

  /** One request under way. */
  private writing = false;

  private async until(seen: () => number, count: number, what: string): Promise<void> {
    const wanted = seen() + count;
    const end = performance.now() + PATIENCE_MS;
    while (seen() < wanted) {
      want(
        performance.now() < end,
        `no ${count} ${what} within a minute; ${this.failedReads[0] ?? 'no read failed'}`,
      );
      await sleep(20);
    }
  }

  private async namesOn(server: MariaServer): Promise<Map<number, string>> {
    const ids = this.products.map(({ id }) => id).join(',');
    const rows = await server.sql(`SELECT id, name FROM ${this.database}.products WHERE id IN (${ids})`);
    return new Map(rows.map(([id, name]) => [Number(id), name!]));
  }

  private async writer(): Promise<void> {
    const authorization = await bearer('admin');
    for (let i = 0; !this.stopped; i += 1) {
      const product = this.products[i % this.products.length]!;
      if (this.writes && product.name.settled) await this.rename(product, authorization);
      await sleep(WRITE_PAUSE_MS);
    }
  }

  private async rename({ slug, name }: Watched, authorization: string): Promise<void> {
    const value = `Drill no ${(this.serial += 1)}`;
    this.writing = true;
    name.begin(value, performance.now());
    const answer = await this.ask(`/api/products/${slug}`, {
      method: 'PATCH',
      body: { name: value },
      headers: { authorization },
    });
    this.writing = false;
    if (!(answer instanceof Error) && answer.status < 300) {
      name.ack(performance.now());
      this.acknowledged += 1;
    } else this.unanswered += 1;
  }

  private async reader(): Promise<void> {
    for (let i = 0; !this.stopped; i += 1) {
      await this.look(this.products[i % this.products.length]!);
      await sleep(READ_PAUSE_MS);
    }
  }

  private async look({ slug, name }: Watched): Promise<void> {
    const began = performance.now();
    const answer = await this.ask(`/api/products/${slug}`);
    if (answer instanceof Error || answer.status !== 200) {
      const why =
        answer instanceof Error ? answer.message : `${answer.status} ${answer.body.toString('utf8')}`;
      this.failedReads.push(`${slug}: ${why}`);
      return;
    }
    const cached = answer.header('x-cache') ?? 'none';
    this.answered.set(cached, (this.answered.get(cached) ?? 0) + 1);
    const seen = answer.json<{ name: string }>().name;
    // Without a primary there is no proof of freshness, and the answer says so.
    const marked =
      cached === 'STALE' && !(answer.header('cache-status') ?? '').includes('revalidating')
        ? cached
        : undefined;
    this.history.read({
      where: `${slug} ${cached}`,
      claims: [claim(name, seen, (value) => value === seen)],
      marked,
      excused: marked !== undefined,
      began,
      ended: performance.now(),
    });
  }

  private ask(...request: Parameters<Api['request']>): Promise<Answer | Error> {
    return this.api.request(...request).catch((error: unknown) => {
      if (error instanceof NoAnswer) return error;
      throw error;
    });
  }
}

/** From now on nobody may see what was there before. */
export const promised = () => sleep(LIMIT_MS);
