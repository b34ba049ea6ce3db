import { TimeLimitError } from '@prior/resilience';
import {
  type AbandonSignal,
  type Admitted,
  AdmissionRefused,
  type DatabaseAdmission,
  openAdmission,
  type RefusalReason,
  toProblem,
  type WorkClass,
  workClasses,
} from '@prior/http';
import { metrics } from '@prior/telemetry';
import { AdaptiveLimit } from './adaptive-limit';
import { CROWD_MS, LoopShed, type LoopState } from './loop-shed';
import { LoopWatch } from './loop-watch';
import { Pace } from './pace';
import { Turnstile } from './turnstile';
import { WaitQueue, type Waiting } from './wait-queue';

export interface AdmissionGateOptions {
  /** Work at once to begin with, and at most: the connections that this process may use. */
  readonly slots: number;
  /** What can be under way now, where that is less: a replica that is away takes its connections along. */
  readonly capacity?: () => number;
  /** Most that wait. Default 4 × slots. */
  readonly queueSize?: number;
  readonly intervalMs?: number;
  readonly targetMs?: number;
  readonly patienceMs?: number;
  readonly mutants?: readonly string[];
  /** Requests that this process has open. With fewer than slots a late event loop is the fault of others. */
  readonly open?: () => number;
  /** The event loop since it was last asked. Default: that of this process. */
  readonly loop?: () => LoopState;
}

interface Ticket extends Waiting {
  readonly admit: () => void;
  readonly refuse: (reason: RefusalReason) => void;
}

/** How often waiting work is looked after, in ms. */
const SWEEP_MS = 5;
const RETRY_AFTER_MAX_S = 3;
/** How much the newest piece of work counts in the time that one takes. */
const SMOOTHING = 0.1;
/** So long after the gate refused something the door asks whether there is any prospect, ms. */
const SHED_MEMORY_MS = 500;
/** So many times as many as get a slot are let in then, so that no slot waits for work. */
const SPARE = 1.1;
/** Fewer open requests are no crowd. */
const CROWD_LEAST = 64;

/**
 * Gate 2: slots for work that needs the database. As many as the database does well at once go in, a few wait for
 * milliseconds, the rest is refused when it comes, the least important first.
 */
export class AdmissionGate implements DatabaseAdmission {
  private readonly limit: AdaptiveLimit;
  private readonly queue: WaitQueue<Ticket>;
  private readonly loopShed: LoopShed;
  private readonly watch = new LoopWatch();
  private readonly open: boolean;
  private readonly capacity: () => number;
  private readonly openRequests: () => number;
  private readonly stopMetrics: (() => void)[];
  private readonly pace = new Pace();
  private readonly turnstile = new Turnstile();
  private inFlight = 0;
  /** What a piece of work takes, ms. */
  private serviceMs = 0;
  /** When a slot was last taken or given back, ms. */
  private movedAt = 0;
  /** When something was last refused for want of prospects, ms. */
  private shedAt = -Infinity;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(options: AdmissionGateOptions) {
    this.limit = new AdaptiveLimit({ initial: options.slots });
    this.queue = new WaitQueue({ ...options, size: options.queueSize ?? 4 * options.slots });
    this.openRequests = options.open ?? (() => 0);
    this.capacity = options.capacity ?? (() => Infinity);
    this.open = options.mutants?.includes('no-admission') ?? false;
    this.loopShed = new LoopShed({ loop: () => this.loop(options) });
    this.stopMetrics = [
      metrics.traffic.admissionLimit.from([], () => this.slots),
      metrics.traffic.admissionInFlight.from([], () => this.inFlight),
      ...workClasses.map((one) =>
        metrics.traffic.admissionQueued.from([one], () => this.queue.lengthOf(one)),
      ),
    ];
  }

  /** What goes on and what waits right now: for tests; operators have the metrics. */
  get state(): { limit: number; inFlight: number; queued: number } {
    return { limit: this.slots, inFlight: this.inFlight, queued: this.queue.length };
  }

  /**
   * For the door: what would hardly get a slot is better refused before it has cost anything. At many times the
   * capacity it is the refusals that use up the processor.
   *
   * @returns the refusal; undefined when the request may go on
   */
  turnAway(workClass: WorkClass): AdmissionRefused | undefined {
    if (this.open || workClass === 'health') return undefined;
    // The last of them counts whom it lets through.
    if (!(this.crowded(workClass) || this.loopShed.refuses(workClass) || this.hopeless(workClass)))
      return undefined;
    counters[workClass].shed.n += 1;
    return TURNED_AWAY[retryAfterS() - 1];
  }

  run<T>(
    workClass: WorkClass,
    signal: AbandonSignal | undefined,
    deadlineMs: number,
    work: (admitted: Admitted) => Promise<T>,
  ): Promise<T> {
    if (this.open) return openAdmission.run(workClass, signal, deadlineMs, work);
    const since = performance.now();
    if (signal?.aborted) return Promise.reject(refused(workClass, 'abandoned'));
    const free = this.inFlight < this.slots && this.queue.length === 0;
    const perform = () => this.perform(workClass, signal, since, deadlineMs, work);
    // Health checks are few, and shedding them would take a merely busy process out of service.
    if (!free && workClass !== 'health')
      return this.wait(workClass, signal, since, since + deadlineMs).then(perform);
    this.inFlight += 1;
    return perform();
  }

  /** Refuses everything that waits; what goes on is left to finish. */
  close(): void {
    clearTimeout(this.sweeper);
    this.watch.close();
    for (let one = this.queue.next(); one; one = this.queue.next()) one.refuse('shed');
    for (const stop of this.stopMetrics) stop();
  }

  private loop({ loop, open }: AdmissionGateOptions): LoopState {
    const state = loop ? loop() : this.watch.read();
    return open && open() < this.slots ? { ...state, leastLagMs: 0 } : state;
  }

  /**
   * There is no slot for this, nor will there be one in time, and it is not the first: a burst that is over in a moment
   * shall turn away nobody who would have been answered without the database.
   */
  private hopeless(workClass: WorkClass): boolean {
    const now = performance.now();
    const { slots } = this;
    const free = Math.max(0, slots - this.inFlight - this.queue.length);
    // Much of what is let in may never need a slot (Redis has it, it is none of ours): then slots stay free.
    if (now - this.shedAt > SHED_MEMORY_MS || free > slots / 8) return false;
    if (free === 0 && !this.mayWait(workClass, now)) return true;
    return !this.turnstile.pass(workClass, this.serviceMs / slots / SPARE, free, now);
  }

  /**
   * A slot falls free every `serviceMs / slots` (Little's law) while all are taken; when none has for longer than that,
   * so long.
   */
  private mayWait(workClass: WorkClass, now: number): boolean {
    const gapMs = Math.max(this.serviceMs / this.slots, now - this.movedAt);
    return this.queue.mayWait(workClass, gapMs, now);
  }

  /** Writes are few, and wanted most. */
  private crowded(workClass: WorkClass): boolean {
    // By Little's law, with what work takes on a good day: whoever waits for a slow database is no crowd.
    const usualMs = this.limit.baselineMs + CROWD_MS;
    const enough = Math.max(CROWD_LEAST, this.pace.perMs(performance.now()) * usualMs);
    return this.loopShed.crowded(this.openRequests(), enough) && workClass !== 'write';
  }

  private get slots(): number {
    return Math.max(1, Math.min(this.limit.value, this.capacity()));
  }

  /** Resolves with the slot taken. */
  private wait(
    workClass: WorkClass,
    signal: AbandonSignal | undefined,
    since: number,
    deadline: number,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const abandon = () => {
        if (this.queue.remove(ticket)) ticket.refuse('abandoned');
      };
      const ticket: Ticket = {
        workClass,
        since,
        deadline,
        admit: () => {
          signal?.removeEventListener('abort', abandon);
          this.inFlight += 1;
          resolve();
        },
        refuse: (reason) => {
          signal?.removeEventListener('abort', abandon);
          reject(refused(workClass, reason));
        },
      };
      this.pump();
      if (!this.mayWait(workClass, since)) {
        this.shedAt = since;
        return ticket.refuse('shed');
      }
      signal?.addEventListener('abort', abandon, { once: true });
      this.queue.push(ticket, since)?.refuse('shed');
      this.sweeper ??= setTimeout(() => this.sweep(), SWEEP_MS);
    });
  }

  private async perform<T>(
    workClass: WorkClass,
    signal: AbandonSignal | undefined,
    since: number,
    deadlineMs: number,
    work: (admitted: Admitted) => Promise<T>,
  ): Promise<T> {
    const begun = performance.now();
    const busy = this.inFlight;
    this.movedAt = begun;
    this.pace.count(begun);
    counters[workClass].admitted.n += 1;
    waits[workClass].observe((begun - since) / 1000);
    let failed = false;
    try {
      const end = since + deadlineMs;
      return await work({ signal, remainingMs: () => Math.max(0, Math.floor(end - performance.now())) });
    } catch (error) {
      failed = isOverload(error);
      throw error;
    } finally {
      this.inFlight -= 1;
      this.movedAt = performance.now();
      const tookMs = this.movedAt - begun;
      this.serviceMs += (tookMs - this.serviceMs) * SMOOTHING;
      this.limit.sample(tookMs, busy, failed);
      this.pump();
    }
  }

  private pump(): void {
    if (this.queue.length === 0) return;
    const now = performance.now();
    this.expire(now);
    while (this.inFlight < this.slots) {
      const ticket = this.queue.next();
      if (!ticket) return;
      ticket.admit();
    }
  }

  private expire(now: number): void {
    for (const one of this.queue.expire(now)) one.refuse(now >= one.deadline ? 'expired' : 'shed');
  }

  private sweep(): void {
    this.sweeper = undefined;
    this.pump();
    if (this.queue.length > 0) this.sweeper = setTimeout(() => this.sweep(), SWEEP_MS);
  }
}

const DECISIONS = ['admitted', 'shed', 'expired', 'abandoned'] as const;
const byClass = <T>(make: (workClass: WorkClass) => T) =>
  Object.fromEntries(workClasses.map((one) => [one, make(one)])) as Record<WorkClass, T>;
const waits = byClass((one) => metrics.traffic.admissionQueue.series(one));
const counters = byClass((one) => {
  const cells = DECISIONS.map(
    (decision) => [decision, metrics.traffic.admission.cell(one, decision)] as const,
  );
  return Object.fromEntries(cells) as Record<(typeof DECISIONS)[number], { n: number }>;
});

/** Spread out, so that all who were refused together do not come back together. */
export const retryAfterS = (): number => 1 + Math.floor(Math.random() * RETRY_AFTER_MAX_S);

/** Made once, as they are needed most when there is least time. */
const TURNED_AWAY = Array.from({ length: RETRY_AFTER_MAX_S }, (_, i) => new AdmissionRefused('shed', i + 1));

function refused(workClass: WorkClass, reason: RefusalReason): AdmissionRefused {
  counters[workClass][reason].n += 1;
  return new AdmissionRefused(reason, retryAfterS());
}

/** Out of time, as opposed to refused, broken or not there. */
const isOverload = (error: unknown): boolean =>
  error instanceof TimeLimitError || toProblem(error).code === 'database_busy';
