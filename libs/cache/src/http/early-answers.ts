import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { acceptsJson, Notes } from '@prior/http';
import { metrics } from '@prior/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { CachedReads } from '../engine/cached-reads';
import type { EarlyLooks } from '../engine/early-looks';
import type { Look } from '../engine/second-tier';
import type { Tier } from '../engine/types';
import { refreshDue } from '../tiers/expiry';
import type { Held } from '../tiers/l1';
import { encodingFor, readyVariant, type Variant } from './encoding';
import type { Responder } from './responder';
import { WaitingList } from './waiting-list';

/** Of spellings of questions that are remembered: how many characters, with their keys and tags. */
const MAX_REMEMBERED = 10_000_000;
const MAX_SPELLING_LENGTH = 1_000;
/** Of one, beside its characters. */
const OVERHEAD = 200;

/** So many answers of others a request waits for before it goes the long way itself. */
const ROUNDS = 3;
/** Requests that wait for others. More of them go the long way. */
const MAX_WAITING = 2_000;

/** An answer that needs no work any more. */
export interface AtHand {
  /** What was asked, the same for every spelling. */
  readonly key: string;
  readonly held: Held;
  readonly variant: Variant;
  readonly tier: Tier;
}

/** A plain answer that was written by the long way. */
export interface Written extends Pick<AtHand, 'key' | 'variant'> {
  readonly outcome: 'HIT' | 'MISS';
}

/** What a URL asks. That never changes, so it needs no invalidation. */
interface Known {
  readonly key: string;
  readonly tags: readonly string[];
}

/**
 * Answers hits before Nest's pipeline. It is the same store read earlier: it knows no question that the interceptor has
 * not validated before, in exactly this spelling, and no answer that is not provably fresh.
 */
export class EarlyAnswers {
  /** By raw URL. */
  private readonly questions = new LRUCache<string, Known>({
    maxSize: MAX_REMEMBERED,
    sizeCalculation: ({ key, tags }, url) =>
      OVERHEAD + url.length + key.length + tags.reduce((sum, tag) => sum + tag.length + 20, 0),
  });
  /** Where a request has to go the long way all the same, the pipeline goes on from its look. */
  private readonly lookedUp = new Notes<Look>();
  private readonly written = new Notes<Written>();
  private readonly waitingList = new WaitingList();
  private inLine = 0;

  constructor(
    private readonly reads: CachedReads,
    private readonly looks: EarlyLooks,
    private readonly responder: Responder,
  ) {}

  /** The interceptor has validated this URL and found that it asks this question. */
  learn(url: string, { key, tags }: Known): void {
    const known = this.questions.get(url);
    if (known === undefined && url.length <= MAX_SPELLING_LENGTH) this.questions.set(url, { key, tags });
  }

  /**
   * Whether the answer to this request is at hand, was until a moment ago, or is being made for others: then this
   * request costs the database nothing.
   */
  remembers({ url }: IncomingMessage): boolean {
    const known = this.questions.get(url!);
    return known !== undefined && this.reads.remembers(known.key);
  }

  /** The answer to anybody who sends this request and is owed nothing; undefined when it has to go the long way. */
  atHand(request: IncomingMessage): AtHand | undefined {
    const known = this.questions.get(request.url!);
    const held = known && this.reads.peek(known.key);
    return held && ready(known.key, held, request.headers, 'l1');
  }

  /**
   * For a request whose answer is not at hand: waits until anything can be at hand, for another one with the same
   * question, proves again what nobody has asked for lately, or looks into Redis. The pipeline goes on from what was
   * found there, and others wait for this response then. Undefined when the question is not known. Never rejects.
   *
   * @param toLoad see SecondTier.look; then {@link dropLease} has to be called in the end
   */
  soonAtHand(
    request: IncomingMessage,
    response: ServerResponse,
    toLoad = false,
  ): Promise<AtHand | undefined> | undefined {
    const known = this.questions.get(request.url!);
    // What is here and fresh, and still not at hand, has to go the long way: Redis has nothing better.
    if (!known || this.reads.peek(known.key)) return undefined;
    // All who come behind a standstill would take the long way at once, each to wait there for the same.
    const reopening = this.reads.reopening();
    return reopening
      ? reopening.then((open) =>
          open ? (this.atHand(request) ?? this.ask(request, response, known, toLoad)) : undefined,
        )
      : this.ask(request, response, known, toLoad);
  }

  private ask(
    request: IncomingMessage,
    response: ServerResponse,
    known: Known,
    toLoad: boolean,
  ): Promise<AtHand | undefined> | undefined {
    const { key } = known;
    if (this.mayWait(key)) return this.wait(request, response, known);
    const look = () =>
      this.look(request, known, toLoad)?.then((found) => found ?? this.leadOrWait(request, response, known));
    const proven = this.reads.provable(key);
    if (!proven) return look();
    return proven.then(() => (this.reads.peek(key) ? this.atHand(request) : look()));
  }

  /** How many requests wait for others. */
  get waiting(): number {
    return this.inLine;
  }

  /** Nothing was found: others may have seen the same, and one of them is enough on the long way. */
  private leadOrWait(
    request: IncomingMessage,
    response: ServerResponse,
    known: Known,
  ): Promise<AtHand | undefined> | undefined {
    if (this.mayWait(known.key)) return this.wait(request, response, known);
    // Without Redis, as without proof, nothing is stored that others could have.
    const storable = this.lookedUp.get(request) !== undefined && this.reads.shares;
    if (storable && !response.destroyed) this.waitingList.lead(known.key, response);
    return undefined;
  }

  private mayWait(key: string): boolean {
    return this.inLine < MAX_WAITING && this.reads.shares && this.waitingList.behind(key) !== undefined;
  }

  private async wait(
    request: IncomingMessage,
    response: ServerResponse,
    { key }: Known,
  ): Promise<AtHand | undefined> {
    metrics.cache.coalesced.inc();
    this.inLine += 1;
    // What it has seen before it waits will be old.
    this.dropLease(request);
    this.lookedUp.delete(request);
    try {
      for (let round = 1; ; round += 1) {
        const shared = await this.waitingList.behind(key);
        const found = this.atHand(request);
        if (found || !shared || response.destroyed || this.reads.peek(key) || !this.reads.shares)
          return found;
        // A write was faster than that answer, or it was refused.
        if (round === ROUNDS) return undefined;
        if (this.waitingList.behind(key)) continue;
        this.waitingList.lead(key, response);
        return undefined;
      }
    } finally {
      this.inLine -= 1;
    }
  }

  /** For those who wait for the answer to this question: it is made, or there will be none. */
  answered(key: string, shared: boolean): void {
    this.waitingList.answered(key, shared);
  }

  /** Whether this is a question that was asked before in this spelling. */
  knows({ url }: IncomingMessage): boolean {
    return this.questions.has(url!);
  }

  /** What Redis said to {@link soonAtHand} about a request that has to go the long way all the same. */
  lookOf(request: IncomingMessage): Look | undefined {
    return this.lookedUp.get(request);
  }

  /** The request is done with what it has looked up: a lease that it has not used is free again. */
  dropLease(request: IncomingMessage): void {
    this.lookedUp.get(request)?.lease?.drop();
  }

  /** {@link atHand} for whoever asks with credentials or a token: whoever is owed more than that gets undefined. */
  find({ raw, context }: FastifyRequest): AtHand | undefined {
    if (raw.method !== 'GET' && raw.method !== 'HEAD') return undefined;
    return context.consistency === 'normal' ? this.atHand(raw) : undefined;
  }

  /** Writes the headers of a hit and returns its body, undefined for a 304. Counts the hit. */
  write(request: FastifyRequest, reply: FastifyReply, found: AtHand): Buffer | undefined {
    this.reads.countHit(found.tier);
    const answer = { held: found.held, outcome: 'HIT', detail: found.tier } as const;
    this.wrote(request.raw, { ...found, outcome: 'HIT' });
    return this.responder.write(request, reply, request.context, answer, found.variant);
  }

  /** This answer is on its way to this request: whoever sends it again may want to keep its head. */
  wrote(request: IncomingMessage, answer: Written): void {
    this.written.set(request, answer);
  }

  /** What answers this request, if it is a plain answer. */
  writtenTo(request: IncomingMessage): Written | undefined {
    return this.written.get(request);
  }

  /** Counts a hit that was written by somebody else. */
  countHit(tier: Tier): void {
    this.reads.countHit(tier);
  }

  private look(
    request: IncomingMessage,
    { key, tags }: Known,
    toLoad: boolean,
  ): Promise<AtHand | undefined> | undefined {
    return this.looks.look(key, tags, toLoad)?.then((look) => {
      if (look.stamp) this.lookedUp.set(request, look);
      const held = this.reads.adopt(key, look);
      return held && ready(key, held, request.headers, 'l2');
    });
  }
}

function ready(key: string, held: Held, headers: IncomingHttpHeaders, tier: Tier): AtHand | undefined {
  const { entry } = held;
  // The long way starts the refresh, compresses, and answers 404, 406 and redirects.
  if (entry.status !== 200 || refreshDue(entry.expiresAt, entry.loadMs)) return undefined;
  const variant = readyVariant(held, encodingFor(headers['accept-encoding']));
  return variant && acceptsJson(headers.accept) ? { key, held, variant, tier } : undefined;
}
