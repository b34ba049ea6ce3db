import { CALL_LIMIT_MS, type EdgeTarget, PurgeFailed, reasonOf } from './edge-target';

export interface CloudflareOptions {
  /** Without a slash at its end. */
  readonly api: string;
  readonly zone: string;
  readonly token: string;
}

interface Envelope {
  readonly success?: boolean;
  readonly errors?: readonly { readonly code?: number; readonly message?: string }[];
}

/**
 * Cloudflare's purge by tag, `POST /zones/{zone}/purge_cache` with `{ "tags": […] }`, on every plan. A call may name 100
 * tags; calls are counted by a token bucket of the account, beyond which they are answered 429.
 */
export class Cloudflare implements EdgeTarget {
  readonly name = 'cloudflare';
  readonly maxTags = 100;
  readonly maxLength = 100_000;

  constructor(private readonly options: CloudflareOptions) {}

  async purge(tags: readonly string[]): Promise<void> {
    const { api, zone, token } = this.options;
    const answer = await fetch(`${api}/zones/${zone}/purge_cache`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tags }),
      signal: AbortSignal.timeout(CALL_LIMIT_MS),
    }).catch((error: unknown) => {
      throw new PurgeFailed(`Cloudflare cannot be reached: ${reasonOf(error)}`);
    });
    const body = (await answer.json().catch(() => ({}))) as Envelope;
    // An error may also come as 200 with `success: false`.
    if (answer.ok && body.success === true) return;
    throw new PurgeFailed(explain(answer.status, body), retryAfterMs(answer));
  }
}

function explain(status: number, { errors = [] }: Envelope): string {
  const said = errors
    .map(({ code, message }) => `${message ?? 'no message'} (${code ?? 'no code'})`)
    .join('; ');
  const cure =
    status === 401 || status === 403
      ? ' Give EDGE_CLOUDFLARE_TOKEN the permission Zone / Cache Purge for the zone EDGE_CLOUDFLARE_ZONE.'
      : status === 429
        ? ' Lower EDGE_PURGES_PER_MIN: the limit belongs to the whole account.'
        : '';
  return `Cloudflare answered ${status}${said && `: ${said}`}.${cure}`;
}

/** Retry-After in either of its forms (RFC 9110, section 10.2.3); a 429 without one is worth a minute's fifth. */
function retryAfterMs({ status, headers }: Response): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return status === 429 ? 12_000 : undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), 300_000);
}
