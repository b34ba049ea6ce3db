import cluster, { type Worker } from 'node:cluster';
import { withTimeLimit } from '@prior/resilience';
import { handOnUntaken } from './handed-over';
import { type FromWorker, isMessage, type ToWorker } from './messages';

const ANSWER_MS = 2_000;

/** A question as it is asked, before it gets its number. */
type Question =
  | { readonly type: 'metrics' }
  | { readonly type: 'admin'; readonly method: string; readonly url: string; readonly body: string };

/** One worker process as the supervisor sees it. */
export class WorkerHandle {
  readonly startedMs = performance.now();
  state: 'starting' | 'ready' | 'draining' | 'gone' = 'starting';
  rss = 0;
  /** Resolves when the worker serves, or has ended before it could. */
  readonly settled: Promise<void>;
  /** Resolves with the exit status, null when a signal ended it. */
  readonly exited: Promise<number | null>;

  private readonly worker: Worker;
  private readonly waiting = new Map<number, (value: unknown) => void>();
  private lastId = 0;

  constructor(onMemory: (handle: WorkerHandle) => void) {
    this.worker = cluster.fork();
    handOnUntaken(this.worker);
    let settle: () => void = () => undefined;
    this.settled = new Promise((resolve) => (settle = resolve));
    this.exited = new Promise((resolve) => {
      this.worker.once('exit', (code: number | null) => {
        this.state = 'gone';
        settle();
        resolve(code);
      });
    });
    this.worker.on('error', () => undefined); // a message that could not be delivered: the exit says the rest
    this.worker.on('message', (message: unknown) => {
      if (!isMessage<FromWorker>(message, ['ready', 'memory', 'answer'])) return;
      if (message.type === 'answer') this.waiting.get(message.id)?.(message.value);
      else if (message.type === 'memory') {
        this.rss = message.rss;
        onMemory(this);
      } else if (this.state === 'starting') {
        this.state = 'ready';
        settle();
      }
    });
  }

  get pid(): number | undefined {
    return this.worker.process.pid;
  }

  get livedMs(): number {
    return performance.now() - this.startedMs;
  }

  /** Tells the worker to wait so long with failing readiness, finish what it has, and leave. */
  drain(delayMs: number): void {
    if (this.state === 'gone') return;
    // One that does not serve yet has nothing to finish, and nobody in it to hear a message.
    if (this.state === 'starting') this.kill('SIGTERM');
    this.state = 'draining';
    this.send({ type: 'drain', delayMs });
  }

  kill(signal: NodeJS.Signals): void {
    if (this.state !== 'gone') this.worker.process.kill(signal);
  }

  /** @throws TimeLimitError when the worker does not answer in time, because it is busy, stopped or gone */
  async ask<T>(question: Question): Promise<T> {
    const id = ++this.lastId;
    const answered = new Promise<T>((resolve) => this.waiting.set(id, resolve as (value: unknown) => void));
    this.send({ ...question, id });
    try {
      return await withTimeLimit(answered, ANSWER_MS);
    } finally {
      this.waiting.delete(id);
    }
  }

  private send(message: ToWorker): void {
    if (this.worker.isConnected()) this.worker.send(message);
  }
}
