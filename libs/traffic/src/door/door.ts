import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Authenticator, Principal } from '@prior/http';
import type { ClientAddresses } from '../address/client-address';
import type { Quota, RateDecision } from '../rate-limit/decision';
import type { RateLimiter } from '../rate-limit/limiter';
import type { Quotas, RouteLimit } from '../rate-limit/quotas';
import { decidedOf, markDecided } from './decided';

type Maybe<T> = T | Promise<T>;

/**
 * Steps 2 and 3 of a request: who is it, and may it? Works on Node's own request, before or behind Fastify's router,
 * and answers without a promise whenever it can, because most requests are answered from memory.
 */
export class Door {
  private warned = false;

  constructor(
    private readonly addresses: ClientAddresses,
    private readonly quotas: Quotas,
    private readonly limiter: RateLimiter,
    private readonly authenticator: Pick<Authenticator, 'recall' | 'identify'>,
    private readonly warn: (text: string) => void,
  ) {}

  /**
   * Counts a request, once.
   *
   * @param cheap the answer is in memory already: counting may be settled later
   * @returns undefined for whoever is exempt
   */
  enter(request: IncomingMessage, cheap: boolean, route?: RouteLimit): Maybe<RateDecision | undefined> {
    const before = decidedOf(request);
    if (before) return before === 'exempt' ? undefined : before;
    const { headers } = request;
    this.warnOnce(headers);
    const known = this.known(headers);
    if (known === 'unknown')
      return this.identify(headers).then((one) => this.decide(request, cheap, one, route));
    return this.decide(request, cheap, known, route);
  }

  /**
   * Counts a request without credentials whose answer is at hand, if this process may decide alone. A denial is
   * remembered, so that the long way answers it without counting again.
   *
   * @returns undefined when the request has to go the long way
   */
  enterAtOnce(request: IncomingMessage, route?: RouteLimit): RateDecision | 'exempt' | undefined {
    const client = this.addresses.of(request.socket.remoteAddress, request.headers);
    const quota = this.quotas.of('GET', client, undefined, route);
    if (!quota) {
      this.quotas.countExempt('GET', undefined, route);
      return 'exempt';
    }
    const made = this.limiter.count(quota);
    if (made?.allowed) return made;
    if (made) markDecided(request, made);
    return undefined;
  }

  /** A denial of this caller that is known here without asking anybody. Counts nothing. */
  denied(request: IncomingMessage, route?: RouteLimit): RateDecision | undefined {
    const known = this.known(request.headers);
    if (known === 'unknown') return undefined;
    const client = this.addresses.of(request.socket.remoteAddress, request.headers);
    const quota = this.quotas.of(request.method ?? 'GET', client, known, route);
    return quota && this.limiter.denied(quota);
  }

  private decide(
    request: IncomingMessage,
    cheap: boolean,
    principal: Principal | undefined,
    route: RouteLimit | undefined,
  ): Maybe<RateDecision | undefined> {
    const client = this.addresses.of(request.socket.remoteAddress, request.headers);
    const quota = this.quotas.of(request.method ?? 'GET', client, principal, route);
    if (!quota) {
      this.quotas.countExempt(request.method ?? 'GET', principal, route);
      markDecided(request, 'exempt');
      return undefined;
    }
    const made = (cheap && this.limiter.count(quota)) || this.ask(quota);
    if (!(made instanceof Promise)) {
      markDecided(request, made);
      return made;
    }
    return made.then((later) => {
      markDecided(request, later);
      return later;
    });
  }

  private ask(quota: Quota): Maybe<RateDecision> {
    return this.limiter.refuse(quota) ?? this.limiter.check(quota);
  }

  private known(headers: IncomingHttpHeaders): Principal | undefined | 'unknown' {
    if (headers.authorization === undefined && headers.cookie === undefined) return undefined;
    return this.authenticator.recall(headers) ?? 'unknown';
  }

  /** A token that cannot be verified, for whatever reason, makes nobody of its bearer: the address counts. */
  private async identify(headers: IncomingHttpHeaders): Promise<Principal | undefined> {
    return (await this.authenticator.identify(headers).catch(() => null)) ?? undefined;
  }

  /** Behind a proxy that nobody declared, all users are one address, and one of them uses up the limit of all. */
  private warnOnce(headers: IncomingHttpHeaders): void {
    if (this.warned || !this.addresses.trustsNobody) return;
    if (headers['x-forwarded-for'] === undefined && headers['cf-connecting-ip'] === undefined) return;
    this.warned = true;
    this.warn(
      'Requests arrive with X-Forwarded-For, but no proxy is trusted: everybody behind that proxy shares one rate ' +
        'limit. Set TRUST_PROXY to its network (for example TRUST_PROXY=private, or loopback, or cloudflare).',
    );
  }
}
