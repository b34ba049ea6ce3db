import { setTimeout as sleep } from 'node:timers/promises';
import { ascending, quantile } from '../report/numbers';
import { type Outcome, RawConnection } from './raw-connection';

/** Over so many seconds the number of users goes, evenly, to so many. */
export interface Stage {
  readonly seconds: number;
  readonly to: number;
}

export interface Crowd {
  readonly port: number;
  readonly stages: readonly Stage[];
  /** All bytes of a user's next request. */
  readonly next: (user: number) => string;
  /** Only what ends from this second on goes into the totals. */
  readonly fromS?: number;
  /** An answer that takes longer is a failure, s; k6 waits 60. */
  readonly timeoutS?: number;
}

/** What ended in one second. */
export interface Second {
  readonly users: number;
  readonly ok: number;
  readonly failed: number;
  /** ms of the answers in order; NaN without any. */
  readonly p95: number;
}

export interface Visit {
  readonly seconds: readonly Second[];
  /** Answers in order, a second. */
  readonly perS: number;
  readonly requests: number;
  /** By status, or by why there is none. Below 400 is in order. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly failed: number;
  /** Still waiting for an answer when time was up. */
  readonly interrupted: number;
  /** ms, of all that were answered, with whatever status; NaN without any. */
  readonly latency: Readonly<Record<'mean' | 'p50' | 'p95' | 'p99' | 'max', number>>;
}

const THINK_FROM_MS = 1_000;
const THINK_TO_MS = 4_000;
const TICK_MS = 50;

interface User {
  readonly id: number;
  readonly connection: RawConnection;
  active: boolean;
  /** When its request left; NaN while it reads. */
  sentAt: number;
}

/** The users of the performance report: one request, 1 to 4 seconds of reading, the next; each on its own connection. */
class Visitors {
  private readonly users: User[] = [];
  private readonly begun = performance.now();
  private readonly buckets: { users: number; latencies: number[]; failed: number }[] = [];
  private readonly latencies: number[] = [];
  private readonly outcomes = new Map<string, number>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private over = false;

  constructor(private readonly crowd: Crowd) {}

  async play(): Promise<Visit> {
    const length = this.crowd.stages.reduce((sum, { seconds }) => sum + seconds, 0);
    while (this.now() < length) {
      this.let(usersAt(this.crowd.stages, this.now()));
      await sleep(TICK_MS);
    }
    this.over = true;
    for (const timer of this.timers) clearTimeout(timer);
    const interrupted = this.users.filter(({ sentAt }) => !Number.isNaN(sentAt)).length;
    for (const { connection } of this.users) connection.close();
    return this.result(length, interrupted);
  }

  /** s since the beginning. */
  private now(): number {
    return (performance.now() - this.begun) / 1_000;
  }

  private let(wanted: number): void {
    this.bucket().users = wanted;
    while (this.users.length < wanted) {
      const connection = new RawConnection(this.crowd.port);
      this.users.push({ id: this.users.length, connection, active: false, sentAt: NaN });
    }
    const limitMs = (this.crowd.timeoutS ?? 60) * 1_000;
    const now = performance.now();
    for (const user of this.users) {
      if (!user.active && user.id < wanted) {
        user.active = true;
        this.ask(user);
      } else if (now - user.sentAt > limitMs) {
        user.connection.close();
        this.answered(user, 'timeout');
      }
    }
  }

  private ask(user: User): void {
    if (this.over) return;
    if (user.id >= usersAt(this.crowd.stages, this.now())) {
      user.active = false;
      user.connection.close();
      return;
    }
    user.sentAt = performance.now();
    user.connection.send(this.crowd.next(user.id), (outcome) => this.answered(user, outcome));
  }

  private answered(user: User, outcome: Outcome | 'timeout'): void {
    if (this.over) return;
    const ms = performance.now() - user.sentAt;
    user.sentAt = NaN;
    const ok = typeof outcome === 'number' && outcome < 400;
    if (ok) this.bucket().latencies.push(ms);
    else this.bucket().failed += 1;
    if (this.now() >= (this.crowd.fromS ?? 0)) {
      this.outcomes.set(String(outcome), (this.outcomes.get(String(outcome)) ?? 0) + 1);
      this.latencies.push(ms);
    }
    const think = THINK_FROM_MS + Math.random() * (THINK_TO_MS - THINK_FROM_MS);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.ask(user);
    }, think);
    this.timers.add(timer);
  }

  private bucket() {
    const second = Math.floor(this.now());
    while (this.buckets.length <= second) this.buckets.push({ users: 0, latencies: [], failed: 0 });
    return this.buckets[second]!;
  }

  private result(length: number, interrupted: number): Visit {
    const sorted = ascending(this.latencies);
    const entries = [...this.outcomes].sort(([a], [b]) => a.localeCompare(b));
    const failed = entries
      .filter(([name]) => !(Number(name) < 400))
      .reduce((sum, [, count]) => sum + count, 0);
    const requests = sorted.length;
    return {
      seconds: this.buckets.slice(0, length).map(({ users, latencies, failed: broken }) => ({
        users,
        ok: latencies.length,
        failed: broken,
        p95: quantile(ascending(latencies), 0.95),
      })),
      perS: (requests - failed) / (length - (this.crowd.fromS ?? 0)),
      requests,
      outcomes: Object.fromEntries(entries),
      failed,
      interrupted,
      latency: {
        mean: sorted.reduce((sum, ms) => sum + ms, 0) / requests,
        p50: quantile(sorted, 0.5),
        p95: quantile(sorted, 0.95),
        p99: quantile(sorted, 0.99),
        max: sorted.at(-1) ?? NaN,
      },
    };
  }
}

/** Users that are wanted after so many seconds. */
export function usersAt(stages: readonly Stage[], second: number): number {
  let [start, from] = [0, 0];
  for (const { seconds, to } of stages) {
    if (second < start + seconds) return Math.floor(from + ((second - start) / seconds) * (to - from));
    [start, from] = [start + seconds, to];
  }
  return 0;
}

export const visit = (crowd: Crowd): Promise<Visit> => new Visitors(crowd).play();
