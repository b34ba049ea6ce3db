import { DatabaseUnavailable } from '@prior/database';
import { AdmissionRefused } from '@prior/http';
import { metrics } from '@prior/telemetry';
import type { DrainGate, Proof } from '../protocol/drain-gate';
import type { KnownVersions } from '../protocol/known-versions';
import type { Entry } from '../tiers/entry';
import { refreshDue } from '../tiers/expiry';
import { type Held, hold, type L1 } from '../tiers/l1';
import type { Loader, LoadResult } from './loader';
import type { Look, SecondTier, Stamp } from './second-tier';
import { Shared } from './shared';
import { JOIN_WITHIN_MS, KNOWN_STAMP_MS, L1_TRUST_MS, RECHECK_BELOW_MS } from './trust';
import type { CachedAnswer, CachedQuestion, Outcome, Tier } from './types';
import { UnderWay } from './under-way';

export interface CachedReadsOptions {
  /** How long an entry past its time is served while it is refreshed, ms. */
  readonly staleWhileRevalidateMs: number;
  /** Test harness: entries are valid whatever became of their versions (mutant `no-stamp`). */
  readonly ignoreVersions?: boolean;
}

/** How old an answer is: whatever was published before then is in it. Monotonic ms. */
interface Age {
  provenAt: number;
}

interface LookUp {
  readonly age: Age;
  readonly answer: Shared<CachedAnswer>;
}

const hits = metrics.cache.requests.cell('l1', 'hit');
const l1Misses = metrics.cache.requests.cell('l1', 'miss');
const l2Hits = metrics.cache.requests.cell('l2', 'hit');

/** Answers questions from L1, from Redis, or from the database, and keeps the promise of docs/consistency.md. */
export class CachedReads {
  private readonly lookUps = new UnderWay<LookUp>();
  private readonly refreshing = new Set<string>();
  private readonly rechecking = new WeakSet<Held>();
  private readonly adopted = new WeakMap<Look, Held>();

  constructor(
    private readonly l1: L1,
    private readonly l2: SecondTier,
    private readonly known: KnownVersions,
    private readonly gate: DrainGate,
    private readonly loader: Loader,
    private readonly options: CachedReadsOptions,
  ) {}

  /**
   * The entry in this process if it can answer alone, at once; undefined for everything else. This is all of the hot
   * path: versions read or proven less than 400 ms ago, the drain gate open, the entry's time not up.
   */
  peek(key: string): Held | undefined {
    const held = this.l1.get(key);
    if (!held) return undefined;
    const now = performance.now();
    if (held.freshUntil - now < RECHECK_BELOW_MS) this.extend(held);
    if (held.freshUntil <= now || !this.gate.isOpen(now) || Date.now() >= held.entry.expiresAt)
      return undefined;
    if (held.freshUntil - now < RECHECK_BELOW_MS) this.recheck(held);
    return held;
  }

  /** As far as what this process knows of versions goes by now: mostly that is all that is needed. */
  private extend(held: Held): void {
    const { tags, versions } = held.entry;
    const until = this.known.currentUntil(tags, versions, L1_TRUST_MS);
    if (until === -1 || until > held.freshUntil) held.freshUntil = until;
  }

  /**
   * For an entry that `peek` may not answer with because the feed does not prove its versions (yet, or because a drop is
   * pending): reads them again, in one question for all who ask in this tick.
   *
   * @returns undefined when that would not help: there is no entry, it has changed, or its time is up. Never rejects;
   *   `peek` then says how it went, the gate included
   */
  provable(key: string): Promise<unknown> | undefined {
    const held = this.l1.get(key);
    const now = performance.now();
    if (!held || held.freshUntil > now || Date.now() >= held.entry.expiresAt || !this.gate.isOpen(now))
      return undefined;
    // (One that is known to have changed was marked by `peek`.)
    return held.freshUntil === -1 ? undefined : this.checked(held);
  }

  /**
   * Behind a standstill of this process: waits for the drain that opens the gate again, one for all who wait. Nothing is
   * at hand before, and everything may be at hand then.
   *
   * @returns undefined where that would not help: the gate is open, or shut for longer. Otherwise whether it has opened;
   *   never rejects
   */
  reopening(): Promise<boolean> | undefined {
    if (!this.gate.hasJustShut(performance.now())) return undefined;
    return this.gate.proof().then((proof) => proof === 'fresh');
  }

  /**
   * The entry of a look, for whoever answers with it at once: valid, its time not up. L1 keeps it. The same for all who
   * share the look.
   *
   * @param look what Redis said while the gate was open
   */
  adopt(key: string, look: Look): Held | undefined {
    const { entry, stamp } = look;
    if (!entry || !stamp || Date.now() >= entry.expiresAt) return undefined;
    return this.keep(key, look, entry);
  }

  private keep(key: string, look: Look, entry: Entry): Held {
    let held = this.adopted.get(look);
    if (!held) this.adopted.set(look, (held = this.l1.set(key, entry, look.stamp!.sentAt + L1_TRUST_MS)));
    return held;
  }

  /** For whoever answers with what `peek` or `adopt` found. */
  countHit(tier: Tier): void {
    if (tier === 'l1') hits.n += 1;
    else {
      l1Misses.n += 1;
      l2Hits.n += 1;
    }
  }

  /** Whether what one request loads now is at hand for others in this process. */
  get shares(): boolean {
    return this.l1.enabled && this.gate.isOpen(performance.now());
  }

  /** Whether there is an answer in this process, however it stands with its freshness, or one is on its way. */
  remembers(key: string): boolean {
    return this.lookUps.get(key) !== undefined || this.l1.get(key) !== undefined;
  }

  /** @throws what the question's load throws, when nothing else can answer */
  read(question: CachedQuestion): Promise<CachedAnswer> {
    if (question.consistency === 'bypass') return this.uncached(question, 'BYPASS', 'unpublished-write');
    if (question.consistency === 'strict') return this.readStrict(question);
    const held = this.peek(question.key);
    if (held) {
      this.countHit('l1');
      this.refreshIfDue(question, held.entry);
      return Promise.resolve({ held, outcome: 'HIT', detail: 'l1' });
    }
    return this.join(question);
  }

  /** One look-up of a question at a time, shared by whoever comes within the age that an L1 answer may have. */
  private join(question: CachedQuestion): Promise<CachedAnswer> {
    const now = performance.now();
    // Without a stamp yet: that of its look may be so old.
    const provenAt = question.look?.stamp?.sentAt ?? now - KNOWN_STAMP_MS;
    if (now - provenAt > JOIN_WITHIN_MS) return this.join(withoutLook(question));
    const running = this.lookUps.get(question.key);
    if (running && now - running.age.provenAt <= JOIN_WITHIN_MS && !running.answer.isAbandoned) {
      const alone = withoutLook(question);
      return running.answer.join(alone, () => this.join(alone));
    }
    const age = { provenAt };
    const lookUp: LookUp = {
      age,
      answer: new Shared(question, (signal) => this.lookUp({ ...question, signal }, age)),
    };
    this.lookUps.keep(question.key, lookUp, lookUp.answer.result);
    return lookUp.answer.result;
  }

  /**
   * The proof comes first: while this process's gate was shut, others may have published writes that its drains never
   * saw. Versions that are read after the proof include them; versions from before need not.
   */
  private async lookUp(question: CachedQuestion, age: Age): Promise<CachedAnswer> {
    const { look: early } = question;
    const proof = early ? 'fresh' : await this.gate.proof();
    if (proof === 'redis-down') return this.uncached(question, 'BYPASS', proof);
    let held = early ? undefined : await this.validInL1(question);
    let tier = 'l1';
    let look: Look = {};
    if (!held) {
      tier = 'l2';
      look = early ?? (await this.l2.look(question.key, question.tags));
      if (look.stamp) age.provenAt = look.stamp.sentAt;
      if (look.entry) held = this.keep(question.key, look, look.entry);
    }
    const answer = held && this.fromCache(question, held, tier, proof);
    // Found and valid is not yet a hit: it may be too old to answer.
    const hit = answer !== undefined;
    if (tier === 'l1') metrics.cache.requests.inc('l1', hit ? 'revalidated' : 'miss');
    else {
      metrics.cache.requests.inc('l1', look.stamp ? 'miss' : 'bypass');
      countLook(look, hit);
    }
    if (answer) return answer;
    const load = () => this.load(question, look, proof);
    return this.orStaleIfError(question, look.outdated ?? held?.entry, load, { proof, unchanged: held });
  }

  /** L1's entry if its versions are still the current ones; asks Redis for those that are not known any more. */
  private async validInL1({ key }: CachedQuestion): Promise<Held | undefined> {
    const held = this.l1.get(key);
    if (!held) return undefined;
    const { tags, versions } = held.entry;
    let until = this.known.currentUntil(tags, versions, L1_TRUST_MS);
    if (until >= 0 && until <= performance.now()) {
      await this.known.refresh(tags).catch(() => undefined);
      until = this.known.currentUntil(tags, versions, L1_TRUST_MS);
    }
    if (this.options.ignoreVersions) until = performance.now() + L1_TRUST_MS;
    if (until <= performance.now()) return undefined;
    held.freshUntil = until;
    return held;
  }

  /** @returns undefined when the database has to answer */
  private fromCache(
    question: CachedQuestion,
    held: Held,
    tier: string,
    proof: Proof,
  ): CachedAnswer | undefined {
    const { entry } = held;
    const now = Date.now();
    if (now >= entry.expiresAt + this.options.staleWhileRevalidateMs) return undefined;
    if (proof !== 'fresh') return this.stale(held, proof);
    this.refreshIfDue(question, entry);
    return now < entry.expiresAt ? { held, outcome: 'HIT', detail: tier } : this.stale(held, 'revalidating');
  }

  private async load(question: CachedQuestion, look: Look, proof: Proof): Promise<CachedAnswer> {
    const stamp = look.stamp ?? (await this.l2.look(question.key, question.tags)).stamp;
    if (!stamp) return answerOf(await this.loader.alone(question), 'BYPASS', 'no-redis');
    return answerOf(await this.shared(question, stamp, proof), 'MISS', 'loaded');
  }

  /**
   * A load that is under way, here or in another process, may have read its rows before a write that nobody has
   * published yet. With the gate open that write would have changed the versions; without, what comes back is unproven.
   */
  private async shared(question: CachedQuestion, stamp: Stamp, proof: Proof): Promise<LoadResult> {
    const result = await this.loader.shared(question, stamp);
    return proof === 'fresh' || result.unproven ? result : { ...result, unproven: proof };
  }

  /**
   * A reader that has just written: L1 is skipped, the versions must be equal in Redis NOW, and a pending drop counts
   * as done (its list is read without being stored, so that the batching of busy lists still works for all others).
   */
  private async readStrict(question: CachedQuestion): Promise<CachedAnswer> {
    const proof = await this.gate.proof();
    if (proof === 'redis-down') return this.uncached(question, 'BYPASS', proof);
    const look = await this.l2.look(question.key, question.tags, { sure: true });
    const { stamp, entry, outdated } = look;
    if (!stamp) {
      countLook(look, false);
      return this.uncached(question, 'BYPASS', 'no-redis');
    }
    if (stamp.pending) return this.uncached(question, 'MISS', 'pending');
    const answer = entry && this.fromCache(question, hold(entry), 'l2', proof);
    metrics.cache.requests.inc('l1', 'bypass');
    countLook(look, answer !== undefined);
    if (answer) return answer;
    return this.orStaleIfError(question, outdated, async () =>
      answerOf(await this.shared(question, stamp, proof), 'MISS', 'loaded'),
    );
  }

  private uncached(question: CachedQuestion, outcome: Outcome, detail: string): Promise<CachedAnswer> {
    metrics.cache.requests.inc('l1', 'bypass');
    return this.orStaleIfError(question, undefined, async () =>
      answerOf(await this.loader.alone(question), outcome, detail),
    );
  }

  /**
   * When no database answers, what is known of older days is better than nothing, if it says so. When there is too much
   * to do, so is an entry whose time is up although nothing that it shows has changed; and while the primary is down,
   * when nothing can be proven anyway, any entry.
   *
   * @param cached how the cache stands with this question; `unchanged`: its versions are the current ones
   */
  private async orStaleIfError(
    question: CachedQuestion,
    outdated: Entry | undefined,
    load: () => Promise<CachedAnswer>,
    cached?: { readonly proof: Proof; readonly unchanged: Held | undefined },
  ): Promise<CachedAnswer> {
    try {
      return await load();
    } catch (error) {
      const refused = error instanceof AdmissionRefused && error.reason !== 'abandoned';
      if (refused && cached?.proof === 'fresh' && cached.unchanged)
        return this.stale(cached.unchanged, 'overloaded');
      if (!(error instanceof DatabaseUnavailable) && !(refused && cached?.proof === 'primary-down'))
        throw error;
      const held = outdated ? hold(outdated) : this.l1.get(question.key);
      if (!held) throw error;
      return this.stale(held, refused ? 'primary-down' : 'no-database');
    }
  }

  private stale(held: Held, detail: string): CachedAnswer {
    metrics.cache.requests.inc('l1', 'stale');
    return { held, outcome: 'STALE', detail };
  }

  /** Asks for an entry's versions before they are too old to answer; once per entry, and for its neighbours too. */
  private recheck(held: Held): void {
    if (this.rechecking.has(held)) return;
    this.rechecking.add(held);
    void this.checked(held).finally(() => this.rechecking.delete(held));
  }

  /** Never rejects: an entry that could not be checked stays as old as it is. */
  private async checked(held: Held): Promise<void> {
    await this.known.refresh(held.entry.tags).catch(() => undefined);
    this.extend(held);
  }

  /** XFetch: reloads in the background before the time is up; one at a time per key. */
  private refreshIfDue(question: CachedQuestion, entry: Entry): void {
    if (this.refreshing.has(question.key) || !refreshDue(entry.expiresAt, entry.loadMs)) return;
    this.refreshing.add(question.key);
    const background: CachedQuestion = { ...question, workClass: 'background', signal: undefined };
    this.l2
      .look(question.key, question.tags)
      .then(async (look) => {
        // Another process may have refreshed it already.
        if (look.entry && look.entry.storedAt > entry.storedAt) {
          this.keep(question.key, look, look.entry);
        } else if (look.stamp) await this.loader.shared(background, look.stamp);
      })
      .catch(() => undefined) // the entry still answers; the next request tries again
      .finally(() => this.refreshing.delete(question.key));
  }
}

/** A lease that came with the look is free again: whoever loads instead would wait for it. */
function withoutLook(question: CachedQuestion): CachedQuestion {
  question.look?.lease?.drop();
  return { ...question, look: undefined };
}

/** For the question itself: looks for leases and refreshes are none of it. */
function countLook({ stamp }: Look, hit: boolean): void {
  metrics.cache.requests.inc('l2', stamp ? (hit ? 'hit' : 'miss') : 'error');
}

function answerOf(result: LoadResult, outcome: Outcome, detail: string): CachedAnswer {
  if (result.unproven) return { held: result.held, outcome: 'STALE', detail: result.unproven };
  return result.fromL2
    ? { held: result.held, outcome: 'HIT', detail: 'l2' }
    : { held: result.held, outcome, detail };
}
