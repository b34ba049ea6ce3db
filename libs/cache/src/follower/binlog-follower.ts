import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { RedisConnection, RedisSession } from '@prior/resilience';
import { metrics } from '@prior/telemetry';
import { LeaderLease, RENEW_MS } from './leader-lease';
import { CannotFollow } from './server-check';
import { Term, type TermOptions } from './term';

export interface FollowerHealth {
  /** `standby`: another process follows, or soon will. */
  readonly role: 'off' | 'leader' | 'standby';
  /** Of the leader: a change that is committed now is published in about this many ms. */
  readonly lagMs?: number;
  /** Why this process could not follow when it last tried. */
  readonly problem?: string;
}

/** Pauses after a failed term, ms: short where a server restarts, long where an operator has to act. */
const RETRY_MS = 500;
const OPERATOR_MS = 10_000;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);

/**
 * Hears of changes that others make in the database, by the primary's binlog, and drops the tags of what they changed.
 * Every process stands for election; one follows.
 */
export class BinlogFollower implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('BinlogFollower');
  private readonly stopping = new AbortController();
  private readonly owner = randomUUID();
  private readonly forget: (() => void)[] = [];
  private term: Term | undefined;
  private problem: string | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly enabled: boolean,
    private readonly redis: RedisConnection,
    private readonly options: Omit<TermOptions, 'onFollowing' | 'onEverything'>,
  ) {}

  get health(): FollowerHealth {
    if (!this.enabled) return { role: 'off' };
    const problem = this.problem === undefined ? {} : { problem: this.problem };
    if (!this.term) return { role: 'standby', ...problem };
    return { role: 'leader', lagMs: Math.round(this.term.progress.lagMs), ...problem };
  }

  onApplicationBootstrap(): void {
    if (!this.enabled) return;
    this.forget.push(
      metrics.cache.followerLeader.from([], () => (this.term ? 1 : 0)),
      metrics.cache.followerLag.from([], () => (this.term ? this.term.progress.lagMs / 1000 : 0)),
    );
    this.running = this.campaign(this.stopping.signal);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
    for (const forget of this.forget) forget();
  }

  private async campaign(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const session = this.redis.session();
      const pauseMs = session ? await this.stand(session) : RENEW_MS;
      // Not all at the same moment, and not always the same first.
      await pause(pauseMs * (0.75 + Math.random() / 2), stopping);
    }
  }

  /** Stands once, and serves if elected. @returns ms until the next time; never rejects */
  private async stand(session: RedisSession): Promise<number> {
    const lease = new LeaderLease(session, this.owner);
    if (!(await lease.take().catch(() => false))) {
      this.problem = undefined; // it is the leader's now
      return RENEW_MS;
    }
    try {
      await this.serve(session, lease);
      return RENEW_MS;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== this.problem) this.logger.warn(`Writers outside the API are not heard: ${problem}`);
      this.problem = problem;
      return error instanceof CannotFollow ? OPERATOR_MS : RETRY_MS;
    } finally {
      this.term = undefined;
      await lease.release();
    }
  }

  private async serve(session: RedisSession, lease: LeaderLease): Promise<void> {
    const ended = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, ended.signal]);
    this.term = new Term(session, {
      ...this.options,
      onFollowing: () => {
        this.problem = undefined;
        this.logger.log('Following the binlog: writers outside the API are heard');
      },
      onEverything: (why) => this.logger.warn(`All cached answers are dropped: ${why}`),
    });
    const renewing = renew(lease, signal).finally(() => ended.abort());
    try {
      await this.term.serve(signal);
    } finally {
      ended.abort();
      await renewing;
    }
  }
}

/** Keeps the lease until it is lost or the signal comes. Without Redis nobody leads: nothing could be published. */
async function renew(lease: LeaderLease, signal: AbortSignal): Promise<void> {
  for (let mine = true; mine && !signal.aborted;) {
    await pause(RENEW_MS, signal);
    mine = await lease.take().catch(() => false);
  }
}
