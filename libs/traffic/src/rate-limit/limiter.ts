import { metrics } from '@prior/telemetry';
import { Gathering, type RedisSession } from '@prior/resilience';
import { type Caller, Callers } from './callers';
import { type DecidedBy, decision, type Quota, type RateDecision, stateOf } from './decision';
import { unsettledMax, waitUs } from './rate';
import { fixedWindowScript, gcraScript } from './scripts';

export interface LimiterOptions {
  /** The live Redis session, undefined while Redis is away. */
  readonly session: () => RedisSession | undefined;
  /** Whose limits they are: shops that share a Redis server do not share them. */
  readonly namespace?: string;
  /** Callers remembered in this process. Default 20,000, about 5 MB. */
  readonly maxCallers?: number;
  /** ms after which requests that were counted here are settled with Redis at the latest. Default 250. */
  readonly settleMs?: number;
  /** Microseconds of a clock that never goes back. */
  readonly now?: () => number;
  readonly mutants?: readonly string[];
}

/** What Redis says of one caller. */
interface Answer {
  readonly allowed: boolean;
  readonly owedUs: number;
}

/** Callers settled by one script call: some 200 µs of Redis's time. */
const BATCH = 200;
/** More unsettled callers than this are not kept waiting for the timer. */
const MAX_DIRTY = 2_000;

/**
 * Rate limits by GCRA. `check` asks Redis and is exact over all processes. `count` decides here, for answers that
 * cost nothing, and settles with Redis later: with P processes a caller passes at most P × unsettledMax(limit)
 * requests more than its limit, and owes them. A denial is remembered until it ends. Without Redis every process
 * limits alone; nothing here ever throws.
 */
export class RateLimiter {
  private readonly callers: Callers;
  private dirty = new Set<Caller>();
  private readonly asking = new Gathering<Caller, Answer>((session, take) => this.send(session, take, 1));
  private readonly script: typeof gcraScript;
  private readonly now: () => number;
  private readonly stopMetrics: (() => void)[];
  private timer: NodeJS.Timeout | undefined;
  private urgent = false;
  private alone = false;

  constructor(private readonly options: LimiterOptions) {
    this.callers = new Callers(options.maxCallers ?? 20_000);
    this.script = options.mutants?.includes('fixed-window') ? fixedWindowScript : gcraScript;
    this.now = options.now ?? (() => Math.round(performance.now() * 1000));
    this.stopMetrics = [
      metrics.traffic.rateLimitTracked.from([], () => this.callers.size),
      metrics.traffic.rateLimitMode.from([], () => (this.alone ? 1 : 0)),
    ];
  }

  /** A denial that is still running, known without asking anybody. Counts nothing. */
  denied(quota: Quota): RateDecision | undefined {
    const caller = this.callers.find(quota.key);
    return caller && this.denial(quota, caller);
  }

  /** The same, for whoever is refused for it now. */
  refuse(quota: Quota): RateDecision | undefined {
    const denied = this.denied(quota);
    return denied && this.counted(denied);
  }

  /**
   * Counts a request that costs next to nothing, without waiting for anybody.
   *
   * @returns undefined when this process has let through as many as it may on its own word: `check` instead
   */
  count(quota: Quota): RateDecision | undefined {
    const caller = this.callerOf(quota);
    const denied = this.denial(quota, caller);
    if (denied) return this.counted(denied);
    if (!this.options.session()) return this.decideAlone(quota, caller);
    // The stated bound needs the benefit of the doubt on Redis's side.
    if (waitUs(caller.owesUntil + caller.doubtUs - this.now(), caller.rate) > 0) return undefined;
    const unsettled = caller.pending + caller.flying;
    const most = unsettledMax(quota.policy.limit);
    if (unsettled >= most || (this.dirty.size >= MAX_DIRTY && !this.dirty.has(caller))) return undefined;
    caller.pending += 1;
    this.dirty.add(caller);
    this.settleSoon(unsettled + 1 > most / 2 || this.dirty.size >= MAX_DIRTY / 2);
    return this.counted(this.spend(quota, caller, 'batch'));
  }

  /** Counts a request exactly, together with whatever `count` has let through before. Never rejects. */
  check(quota: Quota): Promise<RateDecision> {
    const caller = this.callerOf(quota);
    const denied = this.denial(quota, caller);
    if (denied) return Promise.resolve(this.counted(denied));
    const session = this.options.session();
    if (!session) return Promise.resolve(this.decideAlone(quota, caller));
    return this.asking.put(session, caller).then(
      ({ allowed, owedUs }) => this.counted(decision(quota.policy, allowed, 'redis', owedUs)),
      () => this.decideAlone(quota, caller),
    );
  }

  /** Settles what is unsettled, now. Never rejects. */
  async settle(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.urgent = false;
    const all = [...this.dirty];
    this.dirty = new Set(); // (`clear` would leave a link from the old table to the new one, see UnderWay)
    const session = this.options.session();
    const batches: Promise<unknown>[] = [];
    for (let i = 0; i < all.length; i += BATCH) {
      const batch = all.slice(i, i + BATCH);
      if (session) batches.push(this.send(session, () => batch, 0).catch(() => this.putBack(batch)));
      // What was let through is still owed here, see `spend`.
      else for (const caller of batch) caller.pending = 0;
    }
    await Promise.all(batches);
  }

  /** What has not left is settled later. */
  private putBack(callers: readonly Caller[]): void {
    for (const caller of callers) if (caller.pending > 0) this.dirty.add(caller);
  }

  /** Settles and stops the timer: the last thing before the connection is closed. */
  async close(): Promise<void> {
    await this.settle();
    this.stop();
  }

  /** Stops without settling. */
  stop(): void {
    clearTimeout(this.timer);
    for (const stop of this.stopMetrics) stop();
  }

  private callerOf(quota: Quota): Caller {
    return this.callers.get(quota.key, stateOf(quota.policy).rate);
  }

  private denial({ policy }: Quota, caller: Caller): RateDecision | undefined {
    const owed = caller.owesUntil - this.now();
    return waitUs(owed, caller.rate) > 0 ? decision(policy, false, 'memory', owed) : undefined;
  }

  private spend({ policy }: Quota, caller: Caller, by: DecidedBy): RateDecision {
    const now = this.now();
    caller.owesUntil = Math.max(now, caller.owesUntil) + caller.rate.intervalUs;
    return decision(policy, true, by, caller.owesUntil - now);
  }

  private decideAlone(quota: Quota, caller: Caller): RateDecision {
    this.alone = true;
    return this.counted(this.denial(quota, caller) ?? this.spend(quota, caller, 'local'));
  }

  /**
   * Charges what is pending and asks for `ask` more of each caller.
   *
   * @param take the callers, when the question leaves
   * @throws what Redis fails with
   */
  private async send(session: RedisSession, take: () => readonly Caller[], ask: 0 | 1): Promise<Answer[]> {
    let sentAt = 0;
    let callers: readonly Caller[] = [];
    let charges: readonly number[] = [];
    const onWhat = () => {
      sentAt = this.now();
      callers = take();
      charges = callers.map((caller) => this.charge(caller));
      const keys = callers.map((one) => this.redisKey(one));
      const args = callers.flatMap(({ rate }, i) =>
        [rate.intervalUs, rate.toleranceUs, charges[i]!, ask].map(String),
      );
      return { keys, args };
    };
    let answers: readonly number[];
    try {
      answers = await session.scriptOf(this.script, onWhat);
    } finally {
      // All of them before the first answer is read: one caller may have asked twice, and its charge is in both answers.
      callers.forEach((caller, i) => (caller.flying -= charges[i]!));
    }
    // Counted from the sending, so that a remembered denial never outlives the real one.
    const doubtUs = this.now() - sentAt;
    this.alone = false;
    return callers.map((caller, i) => {
      const owedUs = answers[2 * i + 1] ?? 0;
      caller.owesUntil = sentAt + owedUs + (caller.pending + caller.flying) * caller.rate.intervalUs;
      caller.doubtUs = doubtUs;
      return { allowed: answers[2 * i] === 1, owedUs };
    });
  }

  /** What it was let through on this process's word is on its way to Redis. */
  private charge(caller: Caller): number {
    const charge = caller.pending;
    caller.pending = 0;
    caller.flying += charge;
    this.dirty.delete(caller);
    return charge;
  }

  /** Outside of the cache's generations: a promoted Redis replica goes on limiting. One slot, so that batches work. */
  private redisKey({ key }: Caller): string {
    return `{rl}${this.options.namespace ?? ''}:${key}`;
  }

  private settleSoon(urgently: boolean): void {
    if (urgently && !this.urgent) {
      this.urgent = true;
      setImmediate(() => void this.settle());
    }
    this.timer ??= setTimeout(() => void this.settle(), this.options.settleMs ?? 250).unref();
  }

  private counted(made: RateDecision): RateDecision {
    const outcome = made.allowed ? 'allowed' : made.by === 'memory' ? 'remembered' : 'denied';
    stateOf(made.policy).cells[outcome].n += 1;
    return made;
  }
}
