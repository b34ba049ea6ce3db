import { setTimeout as sleep } from 'node:timers/promises';
import type { TagDrop } from '@prior/database';
import { metrics } from '@prior/telemetry';
import { L1_TRUST_MS } from '../engine/trust';
import { EVERYTHING } from '../protocol/everything';
import { PENDING_MS } from '../protocol/tag-store';
import { edgeTag } from './edge-tag';
import { type EdgeTarget, PurgeFailed } from './edge-target';
import { PurgeQueue } from './purge-queue';
import type { TokenBucket } from './token-bucket';

export interface EdgePurgerOptions {
  /** Most purges that wait. */
  readonly queue: number;
  /** After this long the edge has forgotten an answer by itself, ms. */
  readonly edgeKeepsMs: number;
  readonly log: { warn(text: string): void; log(text: string): void };
  readonly clock?: () => number;
  /** 0 to 1. */
  readonly random?: () => number;
}

/** An earlier purge would be in vain for what is read all the time: other processes' L1 still has what was before, ms. */
const EARLY_MS = L1_TRUST_MS + 50;
/** How long an answer may be on its way from the API to the edge, ms. */
const UNDER_WAY_MS = 400;
/**
 * For so long after a write some process may still answer with what was before (docs/consistency.md), and the edge may
 * store that: only a purge that comes later is the last word, ms.
 */
export const SETTLED_MS = PENDING_MS + L1_TRUST_MS + UNDER_WAY_MS;

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 30_000;

/**
 * Tells one edge to forget what has changed. Every tag is purged twice: when all processes should know of the change,
 * and once more when none can answer with the old rows any more. Where calls are scarce the first is left out. Nothing
 * here is waited for by a write.
 */
export class EdgePurger {
  private readonly queue = new PurgeQueue();
  private readonly clock: () => number;
  private readonly random: () => number;
  private readonly forget: () => void;
  private timer: NodeJS.Timeout | undefined;
  private calling: Promise<void> | undefined;
  private failures = 0;
  private overrun = false;
  private stopped = false;
  private pausedUntil = 0;

  constructor(
    private readonly target: EdgeTarget,
    private readonly bucket: TokenBucket,
    private readonly options: EdgePurgerOptions,
  ) {
    this.clock = options.clock ?? (() => performance.now());
    this.random = options.random ?? Math.random;
    for (const result of ['ok', 'failed', 'limited']) metrics.edge.purges.cell(target.name, result);
    this.forget = metrics.edge.queued.from([target.name], () => this.queue.size);
  }

  /** Committed writes have changed these facts. Returns at once. */
  invalidated(drops: readonly TagDrop[]): void {
    const now = this.clock();
    // An early purge is a courtesy: calls are kept for those that count.
    const early = this.bucket.fill() > 0.5 && this.failures === 0;
    for (const { tag, when } of drops) {
      const written = edgeTag(tag);
      if (early && when === 'now') this.queue.add(written, now + EARLY_MS);
      this.queue.add(written, now + SETTLED_MS);
    }
    if (this.queue.size > this.options.queue) this.everything(now);
    this.arm();
  }

  /** For a process that ends: waits until what it owes the edge is due (1.3 s at most), and purges it, with one attempt. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.calling;
    const last = this.queue.lastDue();
    if (last !== undefined) await sleep(Math.max(0, last - this.clock()));
    while (this.queue.size > 0 && (await this.call(Infinity)));
    this.queue.clear();
    this.forget();
  }

  /** One tag that every answer carries says the same as all that do not fit. */
  private everything(now: number): void {
    this.queue.clear();
    this.queue.add(EVERYTHING, now);
    this.queue.add(EVERYTHING, now + SETTLED_MS);
    metrics.edge.overruns.inc(this.target.name);
    if (!this.overrun) {
      this.options.log.warn(
        `More than ${this.options.queue} purges wait for ${this.target.name}: it is told to forget everything`,
      );
    }
    this.overrun = true;
  }

  private arm(): void {
    if (this.calling || this.stopped) return;
    const due = this.queue.nextDue();
    if (due === undefined) return;
    const now = this.clock();
    const wait = Math.max(due - now, this.pausedUntil - now, this.bucket.waitMs(), 0);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), wait);
    // A process that has nothing else to do ends by stop(), which purges what is left.
    this.timer.unref();
  }

  private run(): void {
    this.calling = this.call(this.clock())
      .then(() => undefined)
      .finally(() => {
        this.calling = undefined;
        this.arm();
      });
  }

  /** @returns whether the edge has confirmed */
  private async call(now: number): Promise<boolean> {
    const { target } = this;
    const due = this.queue.take(now, target.maxTags, target.maxLength);
    if (due.length === 0) return true;
    if (!this.bucket.take()) {
      this.queue.putBack(due, 0);
      return false;
    }
    try {
      await target.purge(due.map(({ tag }) => tag));
    } catch (error) {
      // What the edge has forgotten by itself meanwhile need not be purged.
      this.queue.putBack(due, this.clock() - this.options.edgeKeepsMs);
      this.failed(error);
      return false;
    }
    this.succeeded(due);
    return true;
  }

  private succeeded(due: readonly { due: number }[]): void {
    const { name } = this.target;
    const now = this.clock();
    metrics.edge.purges.inc(name, 'ok');
    metrics.edge.purgedTags.cell(name).n += due.length;
    const delays = metrics.edge.delay.series(name);
    for (const one of due) delays.observe(Math.max(0, now - one.due) / 1_000);
    if (this.failures > 0) this.options.log.log(`${name} is purged again; ${this.queue.size} purges wait`);
    this.failures = 0;
    if (this.queue.size < this.options.queue / 2) this.overrun = false;
  }

  private failed(error: unknown): void {
    const asked = error instanceof PurgeFailed ? error.retryAfterMs : undefined;
    metrics.edge.purges.inc(this.target.name, asked === undefined ? 'failed' : 'limited');
    const backoff = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
    this.pausedUntil = this.clock() + (asked ?? 0) + backoff * (0.5 + this.random() / 2);
    this.failures += 1;
    // One line for an outage, one for its end.
    if (this.failures !== 1) return;
    const keeps = Math.round(this.options.edgeKeepsMs / 1_000);
    const message = error instanceof Error ? error.message : String(error);
    this.options.log.warn(
      `${message} What has changed is purged when it answers again; until then answers there may be ${keeps} s old`,
    );
  }
}
