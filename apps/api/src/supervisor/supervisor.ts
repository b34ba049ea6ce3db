import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '@prior/config';
import type { Logger } from 'pino';
import { Backoff } from './backoff';
import { WorkerHandle } from './worker-handle';

export interface SupervisorOptions {
  readonly workers: number;
  /** How long readiness fails before workers stop accepting, when all of them stop, ms. */
  readonly stopDelayMs: number;
  /** How long a worker may take to drain before it is killed, ms. */
  readonly drainLimitMs: number;
  /** How long a new worker may take to serve before the rolling restart goes on without it, ms. */
  readonly startLimitMs: number;
  /** RSS above which a worker is replaced, bytes; 0 for never. */
  readonly memoryLimit: number;
  readonly logger: Logger;
}

/** Keeps a number of workers alive: replaces those that crash, and on request all of them without a gap. */
export class Supervisor {
  private readonly handles = new Set<WorkerHandle>();
  private readonly backoff = new Backoff();
  private stopping = false;
  /** Replacements happen one at a time, so that capacity never halves. */
  private replacing: Promise<void> = Promise.resolve();
  private finish: (status: number) => void = () => undefined;
  /** Resolves with the exit status when everything has ended. */
  readonly ended = new Promise<number>((resolve) => (this.finish = resolve));

  constructor(private readonly options: SupervisorOptions) {}

  /** Workers that answer. */
  get serving(): WorkerHandle[] {
    return [...this.handles].filter((handle) => handle.state === 'ready');
  }

  /** Starts all workers; resolves when each of them serves or has failed. */
  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.options.workers }, () => this.spawn().settled));
  }

  /** Drains every worker and ends. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    await Promise.all([...this.handles].map((handle) => this.retire(handle, this.options.stopDelayMs)));
    this.finish(0);
  }

  /** Ends at once, whatever is in flight. */
  kill(): void {
    this.stopping = true;
    for (const handle of this.handles) handle.kill('SIGKILL');
    this.finish(1);
  }

  /** Replaces every worker by a new one, one after the other. */
  rollingRestart(): Promise<void> {
    return this.queue([...this.handles]);
  }

  private queue(handles: readonly WorkerHandle[]): Promise<void> {
    this.replacing = this.replacing.then(async () => {
      for (const handle of handles) await this.replace(handle);
    });
    return this.replacing;
  }

  /** The new worker serves before the old one leaves. */
  private async replace(old: WorkerHandle): Promise<void> {
    if (this.stopping || old.state !== 'ready') return;
    const next = this.spawn();
    const limit = new AbortController();
    await Promise.race([
      next.settled,
      sleep(this.options.startLimitMs, undefined, { signal: limit.signal }).catch(() => undefined),
    ]);
    limit.abort();
    if (next.state !== 'ready') {
      this.options.logger.error({ worker: next.pid }, 'The new worker does not serve: the old one stays');
      next.kill('SIGKILL');
      return;
    }
    // Its successor serves already: no balancer has to notice anything.
    await this.retire(old, 0);
  }

  private async retire(handle: WorkerHandle, delayMs: number): Promise<void> {
    handle.drain(delayMs);
    const limit = new AbortController();
    const late = sleep(this.options.drainLimitMs, 'late' as const, { signal: limit.signal }).catch(
      () => undefined,
    );
    if ((await Promise.race([handle.exited, late])) === 'late') {
      this.options.logger.warn({ worker: handle.pid }, 'A worker did not leave in time and is killed');
      handle.kill('SIGKILL');
      await handle.exited;
    }
    limit.abort();
  }

  private spawn(): WorkerHandle {
    const handle = new WorkerHandle((one) => this.watchMemory(one));
    this.handles.add(handle);
    let wasReady = false;
    void handle.settled.then(() => (wasReady = handle.state === 'ready'));
    void handle.exited.then((status) => this.afterExit(handle, status, wasReady));
    return handle;
  }

  private afterExit(handle: WorkerHandle, status: number | null, wasReady: boolean): void {
    const wanted = handle.state === 'draining';
    this.handles.delete(handle);
    if (this.stopping || wanted) return;
    // A configuration that does not fit will not fit better the next time.
    if (!wasReady && status === ConfigError.exitCode) {
      this.stopping = true;
      this.finish(status);
      return;
    }
    const planned = this.handles.size >= this.options.workers;
    if (planned) return;
    const waitMs = this.backoff.afterCrash(handle.livedMs);
    this.options.logger.error(
      { worker: handle.pid, status, waitMs },
      'A worker ended by itself and is replaced',
    );
    setTimeout(() => {
      if (!this.stopping) this.spawn();
    }, waitMs);
  }

  private watchMemory(handle: WorkerHandle): void {
    const { memoryLimit, logger } = this.options;
    if (
      memoryLimit === 0 ||
      handle.rss <= memoryLimit ||
      handle.state !== 'ready' ||
      this.outgrown.has(handle)
    )
      return;
    this.outgrown.add(handle);
    logger.warn({ worker: handle.pid, rss: handle.rss }, 'A worker is over its memory limit and is replaced');
    void this.queue([handle]);
  }

  private readonly outgrown = new WeakSet<WorkerHandle>();
}
