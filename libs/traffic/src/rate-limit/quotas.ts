import type { Principal } from '@prior/http';
import type { Client } from '../address/client-address';
import { Networks } from '../address/networks';
import { type Quota, quotaOf, stateOf } from './decision';
import type { RatePolicy } from './rate';

export interface QuotaOptions {
  readonly readPerMin: number;
  readonly writePerMin: number;
  readonly servicePerMin: number;
  /** Networks that are not limited. */
  readonly exempt: readonly string[];
}

/** What a route may change about its limit; see the decorator RateLimit. */
export interface RouteLimit {
  /** Not limited at all. */
  readonly exempt?: boolean;
  /** Networks that this route does not limit, beside those of the configuration. */
  readonly exemptNetworks?: readonly string[];
  /** A limit of its own, counted apart from the others. */
  readonly own?: RatePolicy;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Decides which limit a request is counted under, and as whom. */
export class Quotas {
  private readonly read: RatePolicy;
  private readonly write: RatePolicy;
  private readonly service: RatePolicy;
  private readonly exempt: Networks;
  /** Of reading clients without credentials: nearly all. */
  private readonly readers = new WeakMap<Client, Quota>();
  private readonly routeNetworks = new WeakMap<RouteLimit, Networks>();

  constructor(options: QuotaOptions) {
    this.read = perMinute('read', options.readPerMin);
    this.write = perMinute('write', options.writePerMin);
    this.service = perMinute('service', options.servicePerMin);
    this.exempt = new Networks(options.exempt);
  }

  /** @returns undefined for whom nothing is counted */
  of(method: string, client: Client, principal?: Principal, route?: RouteLimit): Quota | undefined {
    if (route?.exempt || this.isExempt(client, route)) return undefined;
    if (!principal && !route?.own && READS.has(method)) return this.reader(client);
    // The prefix keeps a subject that looks like an address apart from that address.
    const caller = principal ? `s:${principal.subject}` : `a:${client.key}`;
    return quotaOf(this.policyOf(method, principal, route), caller);
  }

  /** For whom {@link of} has nothing, once a request: under the limit that it would have had. */
  countExempt(method: string, principal?: Principal, route?: RouteLimit): void {
    stateOf(this.policyOf(method, principal, route)).cells.exempt.n += 1;
  }

  private policyOf(method: string, principal?: Principal, route?: RouteLimit): RatePolicy {
    if (route?.own) return route.own;
    if (principal?.role === 'service') return this.service;
    return READS.has(method) ? this.read : this.write;
  }

  private reader(client: Client): Quota {
    let quota = this.readers.get(client);
    if (!quota) this.readers.set(client, (quota = quotaOf(this.read, `a:${client.key}`)));
    return quota;
  }

  private isExempt({ address }: Client, route?: RouteLimit): boolean {
    if (!this.exempt.empty && this.exempt.has(address)) return true;
    if (!route?.exemptNetworks) return false;
    let networks = this.routeNetworks.get(route);
    if (!networks) this.routeNetworks.set(route, (networks = new Networks(route.exemptNetworks)));
    return networks.has(address);
  }
}

/** @param name letters and dashes: it becomes a label, a part of a key and of a header */
export function perMinute(name: string, limit: number): RatePolicy {
  return { name, limit, windowMs: 60_000 };
}
