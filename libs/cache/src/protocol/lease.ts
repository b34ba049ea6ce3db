import { createHash, randomUUID } from 'node:crypto';
import type { RedisSession } from '@prior/resilience';
import { RELEASE_LEASE, TAKE_LEASE } from './scripts';

/** A holder that dies keeps the others waiting this long, ms. Longer than any load: statements end after 5 s. */
const LEASE_MS = 6_000;

/**
 * The right to load one answer, between processes, as in Facebook's memcache leases (NSDI '13). It is named by the
 * answer's key AND its tag versions: after an invalidation a new lease can be had at once, so a slow load of old rows
 * keeps nobody from loading new ones.
 */
export class Lease {
  private readonly key: string;
  private readonly owner = randomUUID();

  constructor(
    private readonly session: RedisSession,
    key: string,
    versions: readonly string[],
  ) {
    const name = createHash('sha1').update(`${key}\n${versions.join('\n')}`).digest('base64url');
    this.key = `${session.generation}:lease:${name}`;
  }

  /** @returns true when it is held by the caller. @throws RedisUnavailable */
  async take(): Promise<boolean> {
    return (await this.session.script(TAKE_LEASE, [this.key], [this.owner, String(LEASE_MS)])) === 1;
  }

  /** Gives it back early; never rejects, it expires by itself. */
  async release(): Promise<void> {
    await this.session.script(RELEASE_LEASE, [this.key], [this.owner]).catch(() => undefined);
  }
}
