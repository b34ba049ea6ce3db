import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import { type Address, limitKey, parseAddress } from './address';
import { Networks } from './networks';
import { isPreset, presets } from './presets';

export interface Client {
  readonly address: Address;
  /** What limits are counted by, see {@link limitKey}. */
  readonly key: string;
}

/** Nobody has that many proxies; more is an attempt to make us work. */
const MAX_HOPS = 16;

/** Clients that are remembered, and the longest list of hops that one is remembered by. */
const REMEMBERED = 20_000;
const LONGEST_LIST = 200;

/** A peer without an address: the socket is gone already. All of these share one limit. */
const UNKNOWN: Client = { address: { family: 4, words: [0, 0] }, key: '0.0.0.0' };

/**
 * Finds out who a request comes from. Headers are believed only as far as trusted proxies vouch for them: from the
 * right of X-Forwarded-For, each address is the word of the hop after it, so the walk ends at the first hop that is
 * not ours. Whatever a client writes to the left of that changes nothing.
 */
export class ClientAddresses {
  private readonly trusted: Networks;
  private readonly cloudflare: Networks;
  /** By all that the answer depends on. The same object for the same client, so that others can remember by it. */
  private readonly remembered = new LRUCache<string, Client>({ max: REMEMBERED });

  /** @param trust networks and presets (`loopback`, `private`, `cloudflare`) */
  constructor(trust: readonly string[]) {
    this.trusted = new Networks(trust.flatMap((item) => (isPreset(item) ? [...presets[item]] : [item])));
    this.cloudflare = new Networks(trust.includes('cloudflare') ? presets.cloudflare : []);
  }

  get trustsNobody(): boolean {
    return this.trusted.empty;
  }

  /**
   * @param peer address of the socket's other end
   * @param headers as Node delivers them; never throws, whatever they hold
   */
  of(peer: string | undefined, headers: IncomingHttpHeaders): Client {
    if (peer === undefined) return UNKNOWN;
    let question = peer;
    let list = '';
    if (!this.trusted.empty) {
      list = joined(headers['x-forwarded-for']);
      const edge = this.cloudflare.empty ? '' : joined(headers['cf-connecting-ip']);
      question = `${peer} ${edge.length} ${edge} ${list}`;
    }
    const known = this.remembered.get(question);
    if (known) return known;
    const found = this.find(peer, headers, list);
    if (question.length <= LONGEST_LIST) this.remembered.set(question, found);
    return found;
  }

  private find(peer: string, headers: IncomingHttpHeaders, list: string): Client {
    let current = parseAddress(peer);
    if (!current) return UNKNOWN;
    if (this.trusted.empty || !this.trusted.has(current)) return client(current);

    let end = list.length;
    for (let hop = 0; hop < MAX_HOPS && this.trusted.has(current); hop += 1) {
      // Cloudflare puts the one true address here and overwrites what the client sent; the list it only appends to.
      const fromEdge: Address | undefined = this.cloudflare.has(current)
        ? parseAddress(joined(headers['cf-connecting-ip']))
        : undefined;
      if (fromEdge) return client(fromEdge);
      if (end <= 0) break;
      const comma = list.lastIndexOf(',', end - 1);
      const next = parseAddress(list.slice(comma + 1, end).trim());
      // Something unreadable was vouched for: the last hop that we know stands for it.
      if (!next) break;
      current = next;
      end = comma;
    }
    return client(current);
  }
}

const client = (address: Address): Client => ({ address, key: limitKey(address) });

const joined = (value: string | string[] | undefined): string =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : '';
