import type { IncomingMessage } from 'node:http';
import { acceptsJson } from '@prior/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { CachedReads } from '../engine/cached-reads';
import { refreshDue } from '../tiers/expiry';
import type { Held } from '../tiers/l1';
import { encodingFor, readyVariant, type Variant } from './encoding';
import type { Responder } from './responder';

/** Spellings of questions that are remembered. */
const MAX_SPELLINGS = 20_000;
const MAX_SPELLING_LENGTH = 1_000;

/** An answer that needs no work any more. */
export interface AtHand {
  readonly held: Held;
  readonly variant: Variant;
}

/**
 * Answers hits before Nest's pipeline. It is the same store read earlier: it knows no question that the interceptor has
 * not validated before, in exactly this spelling, and no answer that is not in L1 and provably fresh.
 */
export class EarlyAnswers {
  /** Raw URL → canonical key. What a URL asks never changes, so this needs no invalidation. */
  private readonly keys = new LRUCache<string, string>({ max: MAX_SPELLINGS });

  constructor(
    private readonly reads: CachedReads,
    private readonly responder: Responder,
  ) {}

  /** The interceptor has validated this URL and found that it asks this question. */
  learn(url: string, key: string): void {
    if (url.length <= MAX_SPELLING_LENGTH) this.keys.set(url, key);
  }

  /**
   * Whether the answer to this request is at hand, was until a moment ago, or is being made for others: then this
   * request costs the database nothing.
   */
  remembers({ url }: IncomingMessage): boolean {
    const key = this.keys.get(url!);
    return key !== undefined && this.reads.remembers(key);
  }

  /** The answer to anybody who sends this request and is owed nothing; undefined when it has to go the long way. */
  atHand({ url, headers }: IncomingMessage): AtHand | undefined {
    const key = this.keys.get(url!);
    const held = key !== undefined && this.reads.peek(key);
    if (!held || held.entry.status !== 200) return undefined;
    const { entry } = held;
    // The long way starts the refresh, compresses, and answers 406.
    if (refreshDue(entry.expiresAt, entry.loadMs)) return undefined;
    const variant = readyVariant(held, encodingFor(headers['accept-encoding']));
    return variant && acceptsJson(headers.accept) ? { held, variant } : undefined;
  }

  /**
   * For a request whose answer is not at hand only because nobody has asked for it lately: resolves when it is known
   * whether it is still valid, and {@link atHand} knows more. Undefined for all other requests. Never rejects.
   */
  soonAtHand({ url }: IncomingMessage): Promise<unknown> | undefined {
    const key = this.keys.get(url!);
    return key === undefined ? undefined : this.reads.provable(key);
  }

  /** {@link atHand} for whoever asks with credentials or a token: whoever is owed more than that gets undefined. */
  find({ raw, context }: FastifyRequest): AtHand | undefined {
    if (raw.method !== 'GET' && raw.method !== 'HEAD') return undefined;
    return context.consistency === 'normal' ? this.atHand(raw) : undefined;
  }

  /** Writes the headers of a hit and returns its body, undefined for a 304. Counts the hit. */
  write(request: FastifyRequest, reply: FastifyReply, { held, variant }: AtHand): Buffer | undefined {
    this.reads.countHit();
    return this.responder.write(request, reply, request.context, { held, outcome: 'HIT', detail: 'l1' }, variant);
  }

  /** Counts a hit that was written by somebody else. */
  countHit(): void {
    this.reads.countHit();
  }
}
