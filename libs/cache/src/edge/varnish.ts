import { CALL_LIMIT_MS, type EdgeTarget, PurgeFailed, reasonOf } from './edge-target';

/**
 * One Varnish server with deploy/edge/varnish/default.vcl, which turns PURGE with `X-Purge-Tags` into a ban over
 * `Cache-Tag`. (Not the method BAN: much that may stand between knows only registered methods.)
 */
export class Varnish implements EdgeTarget {
  readonly name: string;
  readonly maxTags = 100;
  /** Varnish takes headers of 8 KB unless it is told otherwise. */
  readonly maxLength = 4_000;

  constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {
    this.name = new URL(url).host;
  }

  async purge(tags: readonly string[]): Promise<void> {
    const answer = await fetch(this.url, {
      method: 'PURGE',
      headers: { 'x-purge-secret': this.secret, 'x-purge-tags': tags.join(',') },
      signal: AbortSignal.timeout(CALL_LIMIT_MS),
    }).catch((error: unknown) => {
      throw new PurgeFailed(`Varnish at ${this.name} cannot be reached: ${reasonOf(error)}`);
    });
    await answer.arrayBuffer();
    // The VCL marks its answer: a proxy in between, or another VCL, may well answer 200 to what it does not know.
    if (answer.status === 200 && answer.headers.has('x-purged')) return;
    const cure =
      answer.status === 403
        ? ' EDGE_VARNISH_SECRET must be the same in the environment of varnishd.'
        : ' Does it run deploy/edge/varnish/default.vcl?';
    throw new PurgeFailed(`Varnish at ${this.name} answered ${answer.status}.${cure}`);
  }
}
