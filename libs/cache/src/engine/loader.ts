import { setTimeout as sleep } from 'node:timers/promises';
import { type AbandonSignal, AdmissionRefused, type DatabaseAdmission, LoadContext } from '@prior/http';
import { inSpan, metrics } from '@prior/telemetry';
import { Lease } from '../protocol/lease';
import { type Entry, entryKey, sameVersions } from '../tiers/entry';
import { jitteredTtlMs } from '../tiers/expiry';
import { type Held, hold, type L1 } from '../tiers/l1';
import type { CacheTestSwitches } from '../switches';
import { L1_TRUST_MS } from './trust';
import type { Look, SecondTier, Stamp } from './second-tier';
import { Shared } from './shared';
import { type CachedQuestion, type Loaded, unsharedEntry } from './types';
import { UnderWay } from './under-way';

export interface LoadResult {
  readonly held: Held;
  /** Why it could not be proven fresh (the primary is down); such an answer is shared with nobody. */
  readonly unproven?: string;
  /** Another process loaded it. */
  readonly fromL2: boolean;
}

/** How often the losers of a lease look again, ms. */
const LOOK_AGAIN_MS = 15;
/** A loser that saw neither entry nor free lease for this long loads for itself, ms. */
const PATIENCE_MS = 8_000;

/** Loads answers: once per question and stamp in this process, once between processes, stored under the stamp. */
export class Loader {
  private readonly flights = new UnderWay<Shared<LoadResult>>();

  constructor(
    private readonly l1: L1,
    private readonly l2: SecondTier,
    private readonly admission: DatabaseAdmission,
    private readonly deadlineMs: number,
    private readonly switches: CacheTestSwitches,
  ) {}

  /**
   * Joins the flight of this question and stamp, or starts it. Whoever has the same stamp may share it: no write was
   * published between the two moments when its versions were known to be current.
   */
  shared(question: CachedQuestion, stamp: Stamp): Promise<LoadResult> {
    const name = `${question.key}\n${stamp.session.generation}\n${stamp.versions.join('\n')}`;
    const flying = this.flights.get(name);
    if (flying && !flying.isAbandoned) {
      question.look?.lease?.drop(); // that flight may be waiting for it
      return flying.join(question, () => this.shared(question, stamp));
    }
    const flight = new Shared(question, (signal) => this.fly({ ...question, signal }, stamp));
    // A flight that failed is forgotten with the others: the next request tries anew.
    this.flights.keep(name, flight, flight.result);
    return flight.result;
  }

  /** Loads without storing. Its tags are kept: the edge stores it all the same, and has to be able to forget it. */
  async alone(question: CachedQuestion): Promise<LoadResult> {
    const { loaded, unproven } = await this.load(question, question.signal);
    return { held: hold({ ...unsharedEntry(loaded), tags: question.tags }), unproven, fromL2: false };
  }

  private async fly(question: CachedQuestion, stamp: Stamp): Promise<LoadResult> {
    const ahead = question.look?.stamp === stamp ? question.look.lease?.use() : undefined;
    const lease =
      ahead ?? new Lease(stamp.session, entryKey(stamp.session.generation, question.key), stamp.versions);
    const found = ahead ? 'mine' : await this.waitForLease(question, stamp, lease);
    if (found === 'without') return this.alone(question);
    if (found !== 'mine') return { held: found, fromL2: true };
    try {
      return await this.loadAndFill(question, stamp, lease);
    } catch (error) {
      void lease.release();
      throw error;
    }
  }

  /** @returns `mine`, what another process has stored meanwhile, or `without` when the answer cannot be stored */
  private async waitForLease(
    question: CachedQuestion,
    stamp: Stamp,
    lease: Lease,
  ): Promise<'mine' | 'without' | Held> {
    if (this.switches.noLease) return 'mine';
    const patience = performance.now() + PATIENCE_MS;
    while (performance.now() < patience) {
      if (question.signal?.aborted) throw new AdmissionRefused('abandoned', 1);
      try {
        // Between the question's own look and the lease another holder may have finished: only a look that comes after
        // the lease was taken sees what it has stored. In the step that takes it, Redis says whether there is anything.
        const lot = await lease.take();
        if (lot === 'first') return 'mine';
        const look = await this.l2.look(question.key, question.tags, { asOfNow: true });
        const stored = this.adopt(question, look, stamp);
        if (lot === 'mine' && !stored) return 'mine';
        if (lot === 'mine') void lease.release({ filled: true });
        if (stored) return stored;
        // The question's tags have moved on: its holder's fill will be refused, so there is nothing to wait for.
        if (!look.stamp || !sameVersions(look.stamp.versions, stamp.versions)) return 'without';
      } catch {
        return 'without';
      }
      await sleep(LOOK_AGAIN_MS * (0.5 + Math.random()));
    }
    return 'without';
  }

  /**
   * What another process has stored, unless its time is up: then it is what this flight is to replace. A refresh ahead
   * of time replaces whatever was there when it began.
   */
  private adopt({ key, workClass }: CachedQuestion, { entry, stamp }: Look, since: Stamp): Held | undefined {
    if (!entry || !stamp || Date.now() >= entry.expiresAt) return undefined;
    if (workClass === 'background' && entry.storedAt < since.lookedAt) return undefined;
    return this.l1.set(key, entry, stamp.sentAt + L1_TRUST_MS);
  }

  private async loadAndFill(question: CachedQuestion, stamp: Stamp, lease: Lease): Promise<LoadResult> {
    const started = performance.now();
    const { loaded, unproven } = await this.load(question);
    if (unproven) {
      metrics.cache.fills.inc('skipped');
      void lease.release();
      return { held: hold(unsharedEntry(loaded)), unproven, fromL2: false };
    }
    const used = this.switches.stampAfterRead ? await this.l2.stamp(stamp.session, question.tags) : stamp;
    const [now, lifeMs] = [Date.now(), jitteredTtlMs(loaded.ttlS)];
    const entry: Entry = {
      ...unsharedEntry(loaded, now),
      tags: question.tags,
      versions: used.versions,
      lifeMs,
      expiresAt: now + lifeMs,
      loadMs: performance.now() - started,
    };
    // Whoever waits for an entry that was lost is to load it.
    const filling = this.l2.fill(question.key, entry, used, () => void lease.release());
    void lease.release({ filled: true });
    const trustedUntil = filling instanceof Promise ? await filling : filling;
    // A fill that lost its race still answers those who asked under its stamp; nobody else gets it.
    if (trustedUntil === undefined) return { held: hold(entry), fromL2: false };
    return { held: this.l1.set(question.key, entry, trustedUntil), fromL2: false };
  }

  /**
   * A load belongs to nobody in particular: it has a context of its own, so that the first client's hanging up does
   * not take the answer from the others. One that everybody has abandoned is not begun. One that has begun is finished,
   * because what it stores answers the next who asks, often the same client again; unless it stores nothing.
   *
   * @param interrupt ends the statements of a load that has begun
   */
  private async load(
    { load, workClass, signal }: CachedQuestion,
    interrupt?: AbandonSignal,
  ): Promise<{ loaded: Loaded; unproven?: string }> {
    let context: LoadContext | undefined;
    const loaded = await inSpan('cache.load', { 'prior.class': workClass }, () =>
      this.admission.run(workClass, signal, this.deadlineMs, ({ remainingMs }) =>
        load((context = new LoadContext({ remainingMs, signal: interrupt }))),
      ),
    );
    return { loaded, unproven: context?.unproven };
  }
}
