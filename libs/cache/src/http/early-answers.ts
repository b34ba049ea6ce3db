import { acceptsJson } from '@prior/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { CachedReads } from '../engine/cached-reads';
import { refreshDue } from '../tiers/expiry';
import { encodingFor, readyVariant } from './encoding';
import type { Responder } from './responder';

/** Spellings of questions that are remembered. */
const MAX_SPELLINGS = 20_000;
const MAX_SPELLING_LENGTH = 1_000;

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

  /** The interceptor has found that this URL asks this question. */
  learn(url: string, key: string): void {
    if (url.length <= MAX_SPELLING_LENGTH) this.keys.set(url, key);
  }

  /** Whether the answer to this request is at hand, or was until a moment ago: then it costs the database nothing. */
  remembers(request: FastifyRequest): boolean {
    const key = this.keys.get(request.raw.url!);
    return key !== undefined && this.reads.remembers(key);
  }

  /** @returns sends the answer; undefined when the request has to go the long way */
  find(request: FastifyRequest): ((reply: FastifyReply) => void) | undefined {
    const { raw, context } = request;
    if (raw.method !== 'GET' && raw.method !== 'HEAD') return undefined;
    if (context.consistency !== 'normal') return undefined;
    const key = this.keys.get(raw.url!);
    const held = key !== undefined && this.reads.peek(key);
    if (!held || held.entry.status !== 200) return undefined;
    const { entry } = held;
    // The long way starts the refresh, compresses, and answers 406.
    if (refreshDue(entry.expiresAt, entry.loadMs)) return undefined;
    const variant = readyVariant(held, encodingFor(raw.headers['accept-encoding']));
    if (!variant || !acceptsJson(raw.headers.accept)) return undefined;
    return (reply) => {
      const body = this.responder.write(request, reply, context, { held, outcome: 'HIT', detail: 'l1' }, variant);
      if (body) void reply.send(body);
      else void reply.code(304).send();
    };
  }
}
