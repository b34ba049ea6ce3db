import { RedisScript, type RedisSession } from '@prior/resilience';
import { RELEASE_LEASES } from '../protocol/scripts';

/** Takes the lease or extends it. KEYS: lease. ARGV: owner, ms. Answers 1 when it is the caller's. */
const LEAD = new RedisScript<number>(
  'follower.lead',
  `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`,
);

/** How long the others wait for a leader that has died, ms. */
export const LEASE_MS = 2_000;
/** How often it is extended, and how often the others ask for it, ms. */
export const RENEW_MS = 500;

/**
 * Who follows the binlog. It saves work and nothing depends on it: two that follow at once publish the same tags twice,
 * and each stores only a position up to which it has published itself.
 */
export class LeaderLease {
  private readonly key: string;

  /** @param owner the process: it has its lease again at once after its connection to Redis broke */
  constructor(
    private readonly session: RedisSession,
    private readonly owner: string,
  ) {
    this.key = `${session.generation}:lease:binlog-follower`;
  }

  /** Takes it, or keeps it. @throws RedisUnavailable */
  async take(): Promise<boolean> {
    return (await this.session.script(LEAD, [this.key], [this.owner, String(LEASE_MS)])) === 1;
  }

  /** Never rejects: it expires by itself. */
  async release(): Promise<void> {
    const args = [String(LEASE_MS), '', this.owner, '0'];
    await this.session.script(RELEASE_LEASES, [this.key], args).catch(() => undefined);
  }
}
